import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { instagram } from "../../../plugins/instagram/index.ts"
import type { RawConnector } from "../../../src/connector/definition.ts"
import { mistakesOf } from "../bound.ts"
import { digest } from "../digest.ts"
import { channel, linked, raw } from "./channel.ts"
import { account } from "./samples.ts"

const mistakes = (change: Partial<RawConnector>) => mistakesOf(instagram, { ...raw, ...change })

describe("Instagram connector", () => {
  it("the Instagram connector keeps dedupe marks longer than every documented redelivery", () => {
    assert.isAtLeast(Duration.toHours(instagram.retryHorizon), 36)
  })

  it("the Instagram connector is configured for either login, for all accounts or for each", () => {
    assert.deepStrictEqual(mistakes({}), [])
    for (const login of ["instagram", "facebook"]) {
      assert.deepStrictEqual(mistakes({ settings: { login, graph: { version: "v25.0" } } }), [])
    }
  })

  it.each([
    ["another login", { login: "google", graph: { version: "v25.0" } }, "login"],
    ["no version", { graph: {} }, "graph.version"],
    ["an address with user info", { graph: { version: "v25.0", baseUrl: "https://a:b@graph" } }, "graph.baseUrl"],
    ["an app id that is none", { graph: { version: "v25.0" }, appId: "my app" }, "appId"],
    ["an unknown key", { graph: { version: "v25.0" }, logni: "facebook" }, "logni"]
  ])("the Instagram connector refuses settings with %s", (_, settings, path) => {
    assert.deepStrictEqual(mistakes({ settings }), [path])
  })

  it.each([
    ["without its id", {}, "instagramAccountId"],
    ["with an id that YAML read as a number", { instagramAccountId: 17_840_000 }, "instagramAccountId"],
    ["with an id that would change the path", { instagramAccountId: "1/../me" }, "instagramAccountId"],
    ["with a login that is none", { instagramAccountId: account, login: "" }, "login"]
  ])("the Instagram connector refuses an account %s", (_, settings, path) => {
    const accounts = { shop: { secrets: { accessToken: "instagram/shop" }, settings } }
    assert.deepStrictEqual(mistakes({ accounts }), [`accounts.shop.${path}`])
  })

  it("G40 the Instagram connector knows whether its settings lead to the provider itself", () => {
    const genuine = (graph: object) =>
      Result.getOrThrow(instagram.configure({ ...raw, settings: { graph: { version: "v25.0", ...graph } } })).genuine
    assert.deepStrictEqual(
      [{}, { baseUrl: "https://graph.facebook.com" }, { baseUrl: "https://graph.example" }].map(genuine),
      [true, true, false]
    )
  })

  it.effect("G29 the Instagram connector verifies a webhook for the accounts of its signing secret", () =>
    Effect.gen(function* () {
      const { verify } = yield* channel
      const body = new TextEncoder().encode("{}")
      const signedWith = (secret: string) => {
        const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`
        return verify({ headers: { "x-hub-signature-256": signature }, body }, digest)?.accounts
      }
      assert.deepStrictEqual(signedWith("instagram/app-secret"), new Set([account]))
      assert.deepStrictEqual(signedWith("meta/app-secret"), new Set([linked]))
      for (const other of ["meta/verify-token", "instagram/shop", ""]) assert.isUndefined(signedWith(other))
    })
  )

  it.effect("the Instagram connector answers the handshake for the verify token", () =>
    Effect.gen(function* () {
      const { handshake } = yield* channel
      const asking = (token: string) =>
        handshake(new URLSearchParams(`hub.mode=subscribe&hub.challenge=5&hub.verify_token=${token}`), digest)
      assert.deepStrictEqual(asking("meta/verify-token"), { _tag: "Accepted", body: "5" })
      assert.deepStrictEqual(asking("instagram/app-secret"), { _tag: "Refused" })
    })
  )
})
