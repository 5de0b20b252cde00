import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { verify } from "../../../plugins/meta/authentication.ts"
import { listOf, textOf } from "../../../plugins/meta/read-json.ts"
import { digest } from "../digest.ts"
import { only } from "./decoded.ts"
import { businessAccountId, phoneNumberId } from "./samples/webhook.ts"
import { Simulation, appSecret, simulation } from "./simulation.ts"

const messages = `/v25.0/${phoneNumberId}/messages`
const text = (body: string, extra = {}) => ({
  messaging_product: "whatsapp",
  to: "+15550102030",
  type: "text",
  text: { body },
  biz_opaque_callback_data: "c1.sample",
  ...extra
})
const decoded = (body: Uint8Array) => only(JSON.parse(new TextDecoder().decode(body)))
const simulating = <A, E>(test: (one: Simulation["Service"]) => Effect.Effect<A, E>) =>
  Effect.flatMap(Simulation, test).pipe(Effect.provide(simulation))

describe("simulated Graph API", () => {
  it.effect(
    "the simulator accepts a text, returns its id, and delivers sent and delivered with the callback data",
    () =>
      simulating(
        Effect.fnUntraced(function* ({ call, received }) {
          const { status, at } = yield* call("POST", messages, text("olá"))
          assert.strictEqual(status, 200)
          const id = textOf(at("messages", 0, "id")) ?? ""
          assert.match(id, /^wamid\.[A-Za-z0-9+/]+=*$/)
          assert.deepStrictEqual(at("contacts"), [{ input: "+15550102030", wa_id: "15550102030" }])
          for (const name of ["sent", "delivered"]) {
            const webhook = yield* received
            assert.strictEqual(verify(webhook, [appSecret], digest), 0)
            assert.deepInclude(decoded(webhook.body), {
              providerAccount: phoneNumberId,
              identity: ["status", id, name, ""],
              conversation: "15550102030",
              evidence: { status: name, callbackData: "c1.sample" }
            })
          }
          const effects = yield* call("GET", "/_simulator/effects")
          assert.deepInclude(effects.json, { total: 1, counts: { "c1.sample": 1 } })
          assert.deepInclude(effects.at("effects", 0), { messageId: id, to: "+15550102030", text: "olá" })
        })
      )
  )

  it.effect("the simulator delivers only sent for a reaction, and no status for a read mark", () =>
    simulating(
      Effect.fnUntraced(function* ({ call, received }) {
        const reaction = { type: "reaction", text: undefined, reaction: { message_id: "wamid.1", emoji: "👍" } }
        const read = { messaging_product: "whatsapp", status: "read", message_id: "wamid.1" }
        assert.deepStrictEqual((yield* call("POST", messages, read)).json, { success: true })
        assert.strictEqual((yield* call("POST", messages, text("", reaction))).status, 200)
        assert.deepInclude(decoded((yield* received).body), { type: "status.sent" })
        assert.strictEqual((yield* call("POST", messages, text("after"))).status, 200)
        assert.deepInclude(decoded((yield* received).body), { type: "status.sent" })
        assert.deepInclude(decoded((yield* received).body), { type: "status.delivered" })
        const effects = yield* call("GET", "/_simulator/effects")
        assert.deepStrictEqual([effects.at("total"), effects.at("effects", 0, "type")], [2, "reaction"])
      })
    )
  )

  it.effect("the simulator identifies numbers by their tokens, and rejects the same requests as the provider", () =>
    simulating(
      Effect.fnUntraced(function* ({ call }) {
        const refused = Effect.fnUntraced(function* (body: unknown, path = messages, token?: string) {
          const { status, at } = yield* call("POST", path, body, token)
          return [status, at("error", "code"), at("error", "error_subcode")]
        })
        const none = undefined
        assert.deepStrictEqual(yield* refused(text("a"), messages, "no token"), [401, 190, none])
        assert.deepStrictEqual(yield* refused(text("a"), "/v25.0/1/messages"), [400, 100, 33])
        assert.deepStrictEqual(yield* refused(text("a"), messages, "the other token"), [400, 100, 33])
        assert.deepStrictEqual(yield* refused(text("a".repeat(4097))), [400, 100, none])
        assert.deepStrictEqual(yield* refused(text("")), [400, 131_008, none])
        assert.deepStrictEqual(yield* refused(text("a", { type: "image" })), [400, 131_008, none])
        assert.deepStrictEqual(yield* refused(text("a", { type: "hologram" })), [400, 100, none])
        assert.deepStrictEqual(yield* refused(text("a", { to: null })), [400, 131_008, none])
        assert.deepStrictEqual(yield* refused(text("a", { messaging_product: "x" })), [400, 100, none])
        assert.deepStrictEqual(yield* refused(text("a", { biz_opaque_callback_data: "x".repeat(513) })), [
          400,
          100,
          none
        ])
        assert.deepStrictEqual(yield* refused([]), [400, 100, none])
        assert.strictEqual((yield* call("GET", "/_simulator/effects")).at("total"), 0)
      })
    )
  )

  it.effect("the simulator answers a probe of its number and its business account", () =>
    simulating(
      Effect.fnUntraced(function* ({ call }) {
        assert.strictEqual((yield* call("GET", `/v25.0/${phoneNumberId}`)).at("id"), phoneNumberId)
        assert.deepStrictEqual((yield* call("GET", `/v25.0/${businessAccountId}`)).json, { id: businessAccountId })
        const apps = yield* call("GET", `/v25.0/${businessAccountId}/subscribed_apps`)
        assert.deepStrictEqual(apps.at("data"), [{ id: "300000000000003" }])
        assert.strictEqual((yield* call("GET", `/v25.0/${phoneNumberId}/subscribed_apps`)).status, 400)
        const debug = (token: string, secret: string) =>
          call("GET", `/v25.0/debug_token?input_token=${encodeURIComponent(token)}`, undefined, `7|${secret}`)
        const app = Redacted.value(appSecret)
        assert.deepInclude((yield* debug("the token", app)).at("data"), { is_valid: true, app_id: "7", expires_at: 0 })
        assert.deepInclude((yield* debug("another", app)).at("data"), { is_valid: false })
        assert.strictEqual((yield* debug("the token", "another secret")).status, 401)
        assert.strictEqual((yield* call("GET", "/v25.0/1")).status, 400)
        assert.strictEqual((yield* call("GET", `/v25.0/${phoneNumberId}`, undefined, "no token")).status, 401)
      })
    )
  )

  it.effect("the simulator delivers a customer's message in escaped ASCII, and redelivers the same bytes", () =>
    simulating(
      Effect.fnUntraced(function* ({ call, received }) {
        const message = { from: "+15550102030", text: "é 👍 a/b", id: "wamid.mine" }
        const { json } = yield* call("POST", "/_simulator/customer-messages", message)
        assert.deepInclude(json, { status: 200, admitted: true, deduped: false, messageId: "wamid.mine" })
        const first = yield* received
        const written = new TextDecoder().decode(first.body)
        assert.include(written, '"body":"\\u00e9 \\ud83d\\udc4d a\\/b"')
        assert.isTrue(first.body.every((byte) => byte >= 0x20 && byte < 0x7f))
        assert.strictEqual(verify(first, [appSecret], digest), 0)
        const event = decoded(first.body)
        assert.deepInclude(event, { type: "message.text", conversation: "15550102030" })
        assert.deepNestedInclude(event.personal.content, { "text.body": "é 👍 a/b" })
        assert.strictEqual((yield* call("POST", "/_simulator/redeliver")).status, 200)
        assert.deepStrictEqual((yield* received).body, first.body)
        assert.strictEqual((yield* call("POST", "/_simulator/redeliver", { id: "wamid.other" })).status, 404)
      })
    )
  )

  it.effect("the simulator redelivers a webhook without a 200 at growing intervals", () =>
    simulating(
      Effect.fnUntraced(function* ({ call, received, answers, simulator }) {
        yield* answers(202, 500, 503)
        const { delivery } = yield* simulator.customerWrites({ from: "BR.7", text: "oi" })
        assert.deepStrictEqual(delivery, { status: 202, admitted: false, deduped: false })
        const first = yield* received
        const attempts = Effect.map(call("GET", "/_simulator/deliveries"), ({ at }) =>
          (listOf(at("deliveries")) ?? []).map((_, index) => [
            at("deliveries", index, "attempt"),
            at("deliveries", index, "status")
          ])
        )
        for (const [index, wait] of [1, 2, 4].entries()) {
          yield* TestClock.adjust(`${wait} seconds`)
          assert.deepStrictEqual((yield* received).body, first.body)
          yield* Effect.repeat(attempts, { until: ({ length }) => length === index + 2 })
        }
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(yield* attempts, [
          [1, 202],
          [2, 500],
          [3, 503],
          [4, 200]
        ])
      })
    )
  )

  it.effect("the simulator writes as a customer, and waits for the gateway's messages", () =>
    simulating(
      Effect.fnUntraced(function* ({ call, received, simulator }) {
        const { again } = yield* simulator.customerWrites({ from: "15550102030", text: "oi" })
        const first = yield* received
        assert.deepStrictEqual(yield* again, { status: 200, admitted: true, deduped: false })
        assert.deepStrictEqual((yield* received).body, first.body)
        const waiting = yield* Effect.forkChild(simulator.effects(2))
        yield* call("POST", messages, text("one"))
        assert.isUndefined(waiting.pollUnsafe())
        yield* call("POST", messages, text("two", { to: undefined, recipient: "BR.7" }))
        assert.deepStrictEqual(yield* Fiber.join(waiting), [
          { to: "+15550102030", text: "one" },
          { to: "BR.7", text: "two" }
        ])
      })
    )
  )
})
