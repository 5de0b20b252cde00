import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { ProbeResult } from "../../../src/connector/probe.ts"
import { NotSent, OutcomeUnknown } from "../../../src/connector/provider-http.ts"
import { ProviderScript, type Scripted, answered, scriptedProvider } from "../../fakes/provider-http.ts"
import { channelWith, raw } from "./channel.ts"
import { businessAccountId, phoneNumberId } from "./samples/webhook.ts"

const appId = "300000000000003"
const number = answered(200, { id: phoneNumberId, quality_rating: "GREEN" })
const subscribed = answered(200, { data: [{ whatsapp_business_api_data: { id: appId, name: "an app" } }] })
const token = (data: object = {}) =>
  answered(200, {
    data: {
      app_id: appId,
      type: "SYSTEM_USER",
      is_valid: true,
      expires_at: 0,
      scopes: ["whatsapp_business_management", "whatsapp_business_messaging"],
      ...data
    }
  })
const refused = (code: number, status = 400, extra = {}) => answered(status, { error: { code, ...extra } })

const asking = (settings: object, ...ends: ReadonlyArray<Scripted>) =>
  Effect.gen(function* () {
    const script = yield* ProviderScript
    yield* script.next(...ends)
    const { accounts } = yield* channelWith({ ...raw, settings: { ...raw.settings, ...settings } })
    const result = yield* accounts.get("support")?.probe ?? assert.fail("no probe")
    assert.isTrue(Schema.is(ProbeResult)(result))
    assert.notInclude(JSON.stringify(result), "whatsapp/support")
    return { result, requests: yield* script.sent }
  }).pipe(Effect.provide(scriptedProvider))

const probed = (...ends: ReadonlyArray<Scripted>) => Effect.map(asking({ appId }, ...ends), ({ result }) => result)

const findings = (result: ProbeResult) =>
  result._tag === "Proven"
    ? Object.fromEntries(result.findings.map(({ about, state }) => [about, state]))
    : assert.fail(`${result._tag} ${result.code}`)

describe("probe of a WhatsApp account", () => {
  it.effect("G37 a probe proves the number, the token with its scopes, and the subscription", () =>
    Effect.gen(function* () {
      const { result, requests } = yield* asking({ appId }, number, token(), subscribed)
      assert.deepStrictEqual(findings(result), {
        token: "ok",
        account: "ok",
        scopes: "ok",
        expiry: "ok",
        subscription: "ok"
      })
      const proof = createHmac("sha256", "meta/app-secret").update("whatsapp/support").digest("hex")
      const base = "https://graph.facebook.com/v25.0"
      assert.deepStrictEqual(
        requests.map(({ method, url }) => `${method} ${url}`),
        [
          `GET ${base}/${phoneNumberId}?fields=id%2Cquality_rating&appsecret_proof=${proof}`,
          `GET ${base}/debug_token?input_token=whatsapp%2Fsupport`,
          `GET ${base}/${businessAccountId}/subscribed_apps?appsecret_proof=${proof}`
        ]
      )
      assert.deepStrictEqual(
        requests.map(({ bearer }) => bearer && Redacted.value(bearer)),
        ["whatsapp/support", `${appId}|meta/app-secret`, "whatsapp/support"]
      )
    })
  )

  it.effect("a probe without appId proves the number and marks the rest as unknown", () =>
    Effect.gen(function* () {
      const { result, requests } = yield* asking({}, number, subscribed)
      assert.strictEqual(requests.length, 2)
      assert.deepStrictEqual(findings(result), {
        token: "ok",
        account: "ok",
        scopes: "unknown",
        expiry: "unknown",
        subscription: "unknown"
      })
    })
  )

  it.effect("a probe of an account of another app uses the credentials of that app", () =>
    Effect.gen(function* () {
      const script = yield* ProviderScript
      yield* script.next(number, token({ app_id: "7" }), answered(200, { data: [{ id: "7" }] }))
      const secrets = { accessToken: "whatsapp/support", appSecret: "other/app-secret" }
      const settings = { phoneNumberId, businessAccountId, appId: "7" }
      const { accounts } = yield* channelWith({
        ...raw,
        settings: { ...raw.settings, appId },
        accounts: { support: { secrets, settings } }
      })
      const result = yield* accounts.get("support")?.probe ?? assert.fail("no probe")
      assert.isFalse(Object.values(findings(result)).includes("alarm"))
      const [, debug] = yield* script.sent
      assert.strictEqual(debug?.bearer && Redacted.value(debug.bearer), "7|other/app-secret")
    }).pipe(Effect.provide(scriptedProvider))
  )

  it.effect.each([
    ["an expired token", refused(190, 401), "190", "token"],
    ["no token", refused(104), "104", "token"],
    ["a number that is not there or not ours", refused(100, 400, { error_subcode: 33 }), "100/33", "account"],
    ["a number that is not there", refused(803, 404), "803", "account"],
    ["a missing permission", refused(10, 403), "10", "scopes"],
    ["another missing permission", refused(200, 403, { error_subcode: 1349174 }), "200", "scopes"],
    ["a proof that does not fit", refused(100), "100", "app"],
    ["a locked account", refused(131031, 403), "131031", "account"]
  ] as const)("G37 a probe is refused by %s, and sends no further request", ([, end, code, about]) =>
    Effect.gen(function* () {
      const result = yield* probed(end)
      assert.deepInclude(result, { _tag: "Refused", code, about })
    })
  )

  it.effect.each([
    ["a refused connection", new NotSent({ reason: "refused" }), "network_refused"],
    ["a name that is not found", new NotSent({ reason: "dns" }), "network_dns"],
    ["no answer", new OutcomeUnknown({ reason: "timeout" }), "timeout"],
    ["a page", answered(502, "<html>"), "server_error"],
    ["a redirect", answered(302, "", { location: "https://elsewhere.example" }), "redirect"],
    ["a throttle", refused(4, 429), "4"],
    ["a throttle that calls itself transient", refused(4, 429, { is_transient: true }), "4"],
    ["a business account's throttle", refused(80007), "80007"],
    ["a failure", refused(2, 500), "2"],
    ["an unknown code", refused(987654), "987654"],
    ["an expired token with a 5xx", refused(190, 500), "190"],
    ["another number", answered(200, { id: "1", quality_rating: "GREEN" }), "unexpected_answer"]
  ] as const)("G37 a probe is unknown after %s", ([, end, code]) =>
    Effect.gen(function* () {
      assert.deepInclude(yield* probed(end), { _tag: "Unknown", code })
    })
  )

  it.effect("G37 a probe is refused when the provider rejects the token or the app", () =>
    Effect.gen(function* () {
      const invalid = token({ is_valid: false, error: { code: 190, message: "a canary" } })
      const rejected = yield* probed(number, invalid)
      assert.deepInclude(rejected, { _tag: "Refused", about: "token", code: "190" })
      assert.notInclude(JSON.stringify(rejected), "canary")
      assert.deepInclude(yield* probed(number, token({ is_valid: false })), { _tag: "Refused", code: "invalid_token" })
      assert.deepInclude(yield* probed(number, token({ scopes: ["whatsapp_business_management"] })), {
        _tag: "Refused",
        about: "scopes",
        code: "scope_missing"
      })
      assert.deepInclude(yield* probed(number, refused(190, 401)), { _tag: "Refused", about: "app", code: "190" })
    })
  )

  it.effect("G37 a probe stays proven when only the requests beside the number fail", () =>
    Effect.gen(function* () {
      const down = answered(503, "")
      assert.deepStrictEqual(findings(yield* probed(number, down, down)), {
        token: "ok",
        account: "ok",
        scopes: "unknown",
        expiry: "unknown",
        subscription: "unknown"
      })
    })
  )

  it.effect.each([
    ["no app is subscribed", token(), answered(200, { data: [] }), "subscription"],
    ["only another app is subscribed", token(), answered(200, { data: [{ id: "9" }, 7, null] }), "subscription"],
    ["it may not ask about subscriptions", token({ scopes: ["whatsapp_business_messaging"] }), subscribed, "scopes"],
    ["the token is another app's", token({ app_id: "9" }), subscribed, "app"],
    ["the token ends soon", token({ expires_at: 1 }), subscribed, "expiry"]
  ] as const)("G37 a probe raises an alarm, and stays proven, when %s", ([, tokens, apps, about]) =>
    Effect.gen(function* () {
      assert.strictEqual(findings(yield* probed(number, tokens, apps))[about], "alarm")
    })
  )

  it.effect("a probe raises an alarm for a number of poor quality, and reports the date of expiry", () =>
    Effect.gen(function* () {
      const poor = answered(200, { id: phoneNumberId, quality_rating: "RED" })
      const result = yield* probed(poor, token({ expires_at: 1_900_000_000 }), subscribed)
      assert.deepInclude(findings(result), { account: "alarm", expiry: "ok" })
      assert.deepInclude(result, { expiresAt: 1_900_000_000_000 })
    })
  )
})
