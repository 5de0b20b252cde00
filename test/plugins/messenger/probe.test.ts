import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { messenger } from "../../../plugins/messenger/index.ts"
import { answered } from "../../fakes/provider-http.ts"
import { bound } from "../bound.ts"
import { probing, summaryOf } from "../probing.ts"
import { page, raw } from "./samples.ts"

const appId = "300000000000003"
const channel = bound(messenger, { ...raw, settings: { ...raw.settings, appId } })
const me = answered(200, { id: page, name: "a page" })
const token = (scopes: ReadonlyArray<string>) =>
  answered(200, { data: { app_id: appId, type: "PAGE", is_valid: true, expires_at: 0, scopes } })
const subscribed = answered(200, { data: [{ id: appId }] })

describe("probe of a page", () => {
  it.effect("G37 a probe proves the token's page, its scopes, its expiry and the subscription", () =>
    Effect.gen(function* () {
      const scopes = ["pages_messaging", "pages_manage_metadata"]
      const { result, requests } = yield* probing(channel, "shop", me, token(scopes), subscribed)
      const base = "https://graph.facebook.com/v25.0"
      assert.deepStrictEqual(requests, [
        `GET ${base}/me?fields=id`,
        `GET ${base}/debug_token?input_token=messenger%2Fshop`,
        `GET ${base}/${page}/subscribed_apps`
      ])
      assert.deepStrictEqual(summaryOf(result), {
        token: "ok",
        account: "ok",
        scopes: "ok",
        expiry: "ok",
        subscription: "ok"
      })
    })
  )

  it.effect("G37 a probe refuses another page, a token without the send scope, and a revoked token", () =>
    Effect.gen(function* () {
      const ends = [
        [answered(200, { id: "1" })],
        [me, token(["pages_manage_metadata"])],
        [answered(401, { error: { code: 190 } })]
      ]
      const found = yield* Effect.forEach(ends, (these) => probing(channel, "shop", ...these))
      assert.deepStrictEqual(
        found.map(({ result }) => summaryOf(result)),
        [
          ["account", "other_account"],
          ["scopes", "scope_missing"],
          ["token", "190"]
        ]
      )
    })
  )

  it.effect("G37 a probe is unknown while the provider fails, and raises an alarm when no app is subscribed", () =>
    Effect.gen(function* () {
      const away = yield* probing(channel, "shop", answered(500, { error: { code: 2 } }))
      assert.deepStrictEqual(summaryOf(away.result), ["Unknown", "2"])
      const lonely = yield* probing(channel, "shop", me, token(["pages_messaging"]), answered(200, { data: [] }))
      assert.deepInclude(summaryOf(lonely.result), { token: "ok", scopes: "alarm", subscription: "alarm" })
    })
  )
})
