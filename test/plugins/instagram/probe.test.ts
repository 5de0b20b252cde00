import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { NotSent } from "../../../src/connector/provider-http.ts"
import { type Scripted, answered } from "../../fakes/provider-http.ts"
import { probing, summaryOf } from "../probing.ts"
import { channel, channelWith, linked, pageId, raw } from "./channel.ts"
import { account } from "./samples.ts"

const appId = "300000000000003"
const withApp = channelWith({ ...raw, settings: { ...raw.settings, appId } })
const subscribed = answered(200, { data: [{ id: appId, subscribed_fields: ["messages"] }] })
const refused = (code: number, more = {}, status = 400) => answered(status, { error: { code, ...more } })
const token = (data: object = {}) =>
  answered(200, { data: { app_id: appId, is_valid: true, expires_at: 0, scopes: ["instagram_basic"], ...data } })

describe("probe of an Instagram account", () => {
  it.effect("G37 a probe with Instagram Login proves the token's account, also from a wrapped response", () =>
    Effect.gen(function* () {
      for (const body of [{ user_id: account, id: "1" }, { data: [{ user_id: account, id: "1" }] }]) {
        const { result, requests } = yield* probing(withApp, "shop", answered(200, body), subscribed)
        const base = "https://graph.instagram.com/v25.0"
        assert.deepStrictEqual(requests, [`GET ${base}/me?fields=user_id`, `GET ${base}/${account}/subscribed_apps`])
        assert.deepStrictEqual(summaryOf(result), {
          token: "ok",
          account: "ok",
          scopes: "unknown",
          expiry: "unknown",
          subscription: "ok"
        })
      }
    })
  )

  it.effect("G37 a probe with Facebook Login proves page, account, token and scopes", () =>
    Effect.gen(function* () {
      const ends = [answered(200, { id: pageId }), answered(200, { id: linked }), token(), subscribed]
      const { result, requests } = yield* probing(withApp, "linked", ...ends)
      const base = "https://graph.facebook.com/v25.0"
      assert.deepStrictEqual(requests, [
        `GET ${base}/me?fields=id`,
        `GET ${base}/${linked}?fields=id`,
        `GET ${base}/debug_token?input_token=instagram%2Flinked`,
        `GET ${base}/${pageId}/subscribed_apps`
      ])
      assert.deepStrictEqual(summaryOf(result), {
        token: "ok",
        account: "ok",
        scopes: "alarm",
        expiry: "ok",
        subscription: "ok"
      })
    })
  )

  const shop = (...ends: ReadonlyArray<Scripted>) =>
    Effect.map(probing(channel, "shop", ...ends), ({ result }) => summaryOf(result))

  it.effect.each([
    ["another account", answered(200, { user_id: "1" }), ["account", "other_account"]],
    ["an expired token", refused(190, {}, 401), ["token", "190"]],
    ["no permission", refused(200, {}, 403), ["scopes", "200"]],
    ["an account that it may not see", refused(100, { error_subcode: 33 }), ["account", "100/33"]],
    ["a secret of another app", refused(100), ["app", "100"]]
  ] as const)("G37 a probe is refused for %s", ([, end, ended]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* shop(end), [...ended])
    })
  )

  it.effect.each([
    ["an outage", answered(503, "<html>"), "server_error"],
    ["a throttle", refused(4), "4"],
    ["an answer that says nothing", answered(200, {}), "unexpected_answer"],
    ["no network", new NotSent({ reason: "dns" }), "network_dns"]
  ] as const)("G37 a probe is unknown for %s", ([, end, code]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* shop(end), ["Unknown", code])
    })
  )

  it.effect("G37 a probe raises an alarm when no app is subscribed, and refuses nothing", () =>
    Effect.gen(function* () {
      const findings = yield* shop(answered(200, { user_id: account }), answered(200, { data: [] }))
      assert.deepInclude(findings, { token: "ok", subscription: "alarm" })
      const unasked = yield* shop(answered(200, { user_id: account }), refused(10))
      assert.deepInclude(unasked, { token: "ok", subscription: "unknown" })
    })
  )

  it.effect("G37 a probe with Facebook Login refuses another page and an account of another page", () =>
    Effect.gen(function* () {
      const ends = [
        [answered(200, { id: "1" })],
        [answered(200, { id: pageId }), answered(200, { id: "1" })],
        [answered(200, { id: pageId }), answered(200, { id: linked }), token({ scopes: [] })],
        [answered(200, { id: pageId }), answered(200, { id: linked }), token({ is_valid: false })]
      ]
      const found = yield* Effect.forEach(ends, (these) => probing(withApp, "linked", ...these))
      assert.deepStrictEqual(
        found.map(({ result }) => summaryOf(result)),
        [
          ["account", "other_account"],
          ["account", "other_account"],
          ["scopes", "scope_missing"],
          ["token", "invalid_token"]
        ]
      )
    })
  )

  const remedyOf = (alias: string, ...ends: ReadonlyArray<Scripted>) =>
    Effect.map(probing(withApp, alias, ...ends), ({ result }) => {
      const refusal = result._tag === "Refused" ? result : assert.fail(result._tag)
      return [
        refusal.about,
        refusal.code,
        /^(correct|set|compare) (instagramAccountId|pageId)/.exec(refusal.remedy)?.[2]
      ]
    })

  it.effect("G37 a probe names the id setting when the token is valid and the id is wrong", () =>
    Effect.gen(function* () {
      const page = answered(200, { id: pageId })
      const wrong = ["account", "other_account", "instagramAccountId"]
      assert.deepStrictEqual(yield* remedyOf("shop", answered(200, { user_id: "1", id: "2" })), wrong)
      assert.deepStrictEqual(yield* remedyOf("shop", answered(200, { user_id: "1", id: account })), wrong)
      assert.deepStrictEqual(yield* remedyOf("linked", answered(200, { id: "1" })), [
        "account",
        "other_account",
        "pageId"
      ])
      assert.deepStrictEqual(yield* remedyOf("linked", page, answered(200, { id: "1" })), wrong)
      for (const [code, more] of [
        [100, { error_subcode: 33 }],
        [100, {}],
        [803, {}]
      ] as const) {
        const [about, , id] = yield* remedyOf("linked", page, refused(code, more))
        assert.deepStrictEqual([about, id], ["account", "instagramAccountId"])
      }
    })
  )

  it.effect("G37 a probe says whether the token is right, and names the token when it is rejected", () =>
    Effect.gen(function* () {
      const remedyText = (alias: string, ...ends: ReadonlyArray<Scripted>) =>
        Effect.map(probing(withApp, alias, ...ends), ({ result }) => (result._tag === "Refused" ? result.remedy : ""))
      assert.include(yield* remedyText("shop", answered(200, { user_id: "1", id: account })), "the token is right")
      assert.include(
        yield* remedyText("linked", answered(200, { id: pageId }), refused(100, { error_subcode: 33 })),
        "the token is right"
      )
      assert.include(yield* remedyText("shop", refused(190, {}, 401)), "make a new token")
      assert.include(
        yield* remedyText("linked", answered(200, { id: pageId }), refused(190, {}, 401)),
        "make a new token"
      )
    })
  )
})
