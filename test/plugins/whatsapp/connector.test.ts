import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { whatsapp } from "../../../plugins/whatsapp/index.ts"
import { labReading } from "../../../src/lab/channels.ts"
import { digest } from "../digest.ts"
import { channel, raw } from "./channel.ts"
import { businessAccountId, phoneNumberId } from "./samples/webhook.ts"

const mistakes = (change: Partial<typeof raw>) => {
  const configured = whatsapp.configure({ ...raw, ...change })
  return Result.isFailure(configured) ? configured.failure.map(({ path }) => path.join(".")) : []
}

describe("WhatsApp connector", () => {
  it("the WhatsApp connector keeps dedupe marks for seven days of redelivery", () => {
    assert.strictEqual(Duration.toDays(whatsapp.retryHorizon), 7)
  })

  it("the WhatsApp connector accepts the documented settings", () => {
    assert.deepStrictEqual(mistakes({}), [])
    assert.deepStrictEqual(mistakes({ settings: { graph: { version: "v25.0", baseUrl: "http://127.0.0.1:9/x" } } }), [])
  })

  it("the lab enables every capability of the WhatsApp connector", () => {
    const { connectors } = labReading({ gateway: 1, provider: 2, runtime: 3 }).config
    assert.deepStrictEqual(
      connectors["whatsapp"]?.capabilities,
      whatsapp.capabilities.map(({ id }) => id)
    )
  })

  it.each([
    ["no version", { graph: {} }, "graph.version"],
    ["a bare number as version", { graph: { version: "25.0" } }, "graph.version"],
    ["an address with user info", { graph: { version: "v25.0", baseUrl: "https://a:b@graph" } }, "graph.baseUrl"],
    ["an address with a slash at its end", { graph: { version: "v25.0", baseUrl: "https://graph/" } }, "graph.baseUrl"],
    ["an address that is none", { graph: { version: "v25.0", baseUrl: "graph.facebook.com" } }, "graph.baseUrl"],
    ["an app id that YAML read as a number", { graph: { version: "v25.0" }, appId: 300000000000003 }, "appId"],
    ["an unknown key", { graph: { version: "v25.0" }, grpah: {} }, "grpah"]
  ])("the WhatsApp connector refuses settings with %s", (_, settings, path) => {
    assert.deepStrictEqual(mistakes({ settings }), [path])
  })

  it.each([
    ["without a number", { businessAccountId }],
    ["with a number that YAML read as one", { phoneNumberId: 200000000000001, businessAccountId }],
    ["with an id that would change the path", { phoneNumberId: "1/../me", businessAccountId }]
  ])("the WhatsApp connector refuses an account %s", (_, settings) => {
    const accounts = { support: { secrets: { accessToken: "whatsapp/support" }, settings } }
    assert.deepStrictEqual(mistakes({ accounts }), ["accounts.support.phoneNumberId"])
  })

  it.effect("G28 the WhatsApp connector gives a business account an account of its own, shared by its numbers", () =>
    Effect.gen(function* () {
      const { routes } = yield* channel
      assert.strictEqual(routes.get(phoneNumberId)?.account, "support")
      assert.strictEqual(routes.get(businessAccountId)?.account, `business-${businessAccountId}`)
      const sales = {
        secrets: { accessToken: "whatsapp/sales" },
        settings: { phoneNumberId: "200000000000002", businessAccountId }
      }
      assert.deepStrictEqual(mistakes({ accounts: { ...raw.accounts, sales } }), [])
    })
  )

  it.effect("the WhatsApp connector verifies with the app secret and answers the handshake for the verify token", () =>
    Effect.gen(function* () {
      const { verify, handshake } = yield* channel
      const body = new TextEncoder().encode("{}")
      const signature = (secret: string) => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`
      const verified = (secret: string) =>
        verify({ headers: { "x-hub-signature-256": signature(secret) }, body }, digest)?.accounts
      assert.deepStrictEqual(verified("meta/app-secret"), new Set([phoneNumberId, businessAccountId]))
      assert.isUndefined(verified("meta/verify-token"))
      const query = new URLSearchParams("hub.mode=subscribe&hub.challenge=5&hub.verify_token=meta/verify-token")
      assert.deepStrictEqual(handshake(query, digest), { _tag: "Accepted", body: "5" })
    })
  )
})
