import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { phoneNumberId } from "./samples/webhook.ts"
import { Simulation, strict } from "./simulation.ts"

const person = "+15550102030"
const messages = `/v25.0/${phoneNumberId}/messages`
const other = "/v25.0/200000000000002/messages"

const message = (object: object, to = person) => ({ messaging_product: "whatsapp", to, ...object })
const text = (to = person) => message({ type: "text", text: { body: "hi" } }, to)
const template = (name: string, parameters: ReadonlyArray<string> = [], code = "pt_BR") => {
  const body = { type: "body", parameters: parameters.map((one) => ({ type: "text", text: one })) }
  return message({ type: "template", template: { name, language: { code }, components: [body] } })
}

const ruled = Effect.gen(function* () {
  const { call } = yield* Simulation
  /** 0 where it was accepted, else the code. */
  const send = (body: object, path = messages, token?: string) =>
    Effect.map(call("POST", path, body, token), ({ at, status }) => (status === 200 ? 0 : at("error", "code")))
  const writes = (from = person) => call("POST", "/_simulator/customer-messages", { from, text: "oi" })
  const control = (name: string, body: object) => call("POST", `/_simulator/${name}`, body)
  return { call, send, writes, control, total: Effect.map(call("GET", "/_simulator/effects"), ({ at }) => at("total")) }
})

describe("rules of the simulated WhatsApp", () => {
  it.effect("the simulator opens a window of 24 hours after a person wrote, and rejects others with 131047", () =>
    Effect.gen(function* () {
      const { send, writes, control, total } = yield* ruled
      assert.strictEqual(yield* send(text()), 131_047)
      yield* writes("15550102030")
      assert.strictEqual(yield* send(text()), 0)
      assert.strictEqual(yield* send(text("+15550109999")), 131_047)
      assert.strictEqual(yield* send(text(), other, "the other token"), 131_047)
      yield* TestClock.adjust("23 hours")
      assert.strictEqual(yield* send(text()), 0)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* send(text()), 131_047)
      assert.strictEqual(yield* send(template("greeting")), 0)
      yield* control("rules", { window: false })
      assert.strictEqual(yield* send(text()), 0)
      assert.strictEqual(yield* total, 4)
    }).pipe(Effect.provide(strict))
  )

  it.effect("the simulator accepts 45 messages to a person, then one per 6 seconds, else rejects with 131056", () =>
    Effect.gen(function* () {
      const { send, writes, total } = yield* ruled
      yield* writes()
      yield* writes("+15550109999")
      const at45 = yield* Effect.replicateEffect(send(text()), 46)
      assert.deepStrictEqual(at45, [...Array.from({ length: 45 }, () => 0), 131_056])
      assert.strictEqual(yield* send(text("+15550109999")), 0)
      yield* TestClock.adjust("6 seconds")
      assert.deepStrictEqual([yield* send(text()), yield* send(text())], [0, 131_056])
      assert.strictEqual(yield* total, 47)
    }).pipe(Effect.provide(strict))
  )

  it.effect("the simulator limits the messages per second of a number with 130429", () =>
    Effect.gen(function* () {
      const { send, writes, control } = yield* ruled
      yield* control("rules", { messagesPerSecond: 2 })
      for (const to of ["+1555010001", "+1555010002", "+1555010003"]) yield* writes(to)
      assert.strictEqual(yield* send(text("+1555010001")), 0)
      assert.strictEqual(yield* send(text("+1555010002")), 0)
      assert.strictEqual(yield* send(text("+1555010003")), 130_429)
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(yield* send(text("+1555010003")), 0)
    }).pipe(Effect.provide(strict))
  )

  it.effect("the simulator checks registered templates, and rejects with 132001, 132000, 132015 and 132016", () =>
    Effect.gen(function* () {
      const { call, send, control } = yield* ruled
      yield* control("templates", { name: "order", language: "pt_BR", parameters: 2 })
      yield* control("templates", { name: "sale", language: "pt_BR", state: "paused" })
      yield* control("templates", { name: "old", language: "pt_BR", state: "disabled" })
      assert.strictEqual(yield* send(template("order", ["Ada", "7"])), 0)
      assert.strictEqual(yield* send(template("order", ["Ada"])), 132_000)
      assert.strictEqual(yield* send(template("order", ["Ada", "7"], "en_US")), 132_001)
      assert.strictEqual((yield* call("POST", messages, template("other"))).status, 404)
      assert.strictEqual(yield* send(template("sale")), 132_015)
      assert.strictEqual(yield* send(template("old")), 132_016)
    }).pipe(Effect.provide(strict))
  )

  it.effect("the simulator expires and restores a token: 190 with its subcode for sends and probes", () =>
    Effect.gen(function* () {
      const { call, send, writes, control } = yield* ruled
      yield* writes()
      yield* control("tokens", { phoneNumberId, subcode: 460 })
      const answer = yield* call("POST", messages, text())
      assert.deepStrictEqual(
        [answer.status, answer.at("error", "code"), answer.at("error", "error_subcode")],
        [401, 190, 460]
      )
      assert.strictEqual((yield* call("GET", `/v25.0/${phoneNumberId}`)).status, 401)
      const debug = yield* call("GET", "/v25.0/debug_token?input_token=the%20token", undefined, "7|the app secret")
      assert.deepInclude(debug.at("data"), { is_valid: false })
      yield* control("tokens", { phoneNumberId, valid: true })
      assert.strictEqual(yield* send(text()), 0)
      assert.strictEqual((yield* control("tokens", { phoneNumberId, subcode: 1 })).status, 400)
    }).pipe(Effect.provide(strict))
  )

  it.effect("the simulator rejects missing, long and wrong members with the documented code", () =>
    Effect.gen(function* () {
      const { send, writes, total } = yield* ruled
      yield* writes()
      const interactive = (object: object) => send(message({ type: "interactive", interactive: object }))
      const reply = (title: string, id = "a") => ({ type: "reply", reply: { id, title } })
      const buttons = (...all: ReadonlyArray<object>) =>
        interactive({ type: "button", body: { text: "?" }, action: { buttons: all } })
      const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `${n}`, title: "row" }))
      const list = (...sections: ReadonlyArray<object>) =>
        interactive({ type: "list", body: { text: "?" }, action: { button: "Choose", sections } })
      const link = "https://example.com/a.png"
      assert.deepStrictEqual(
        [
          yield* buttons(reply("Yes"), reply("Yes", "b")),
          yield* buttons(reply("1"), reply("2"), reply("3"), reply("4")),
          yield* buttons(reply("a".repeat(21))),
          yield* buttons(reply("Yes", "")),
          yield* interactive({ body: { text: "?" } }),
          yield* list({ rows: rows(6) }, { rows: rows(5) }),
          yield* list({ title: "t".repeat(25), rows: rows(1) }),
          yield* interactive({ type: "flow", action: { parameters: { flow_message_version: "3", flow_cta: "Go" } } }),
          yield* send(message({ type: "image", image: { link, caption: "c".repeat(1025) } })),
          yield* send(message({ type: "image", image: {} })),
          yield* send(message({ type: "image", image: { id: "77" } })),
          yield* send(message({ type: "location", location: { latitude: 1 } })),
          yield* send(message({ type: "contacts", contacts: [{ name: {} }] })),
          yield* send(message({ type: "reaction", reaction: { message_id: "wamid.a" } })),
          yield* send(message({ type: "template", template: { name: "a" } }))
        ],
        [131_009, 100, 100, 131_008, 131_008, 100, 100, 131_008, 100, 131_008, 100, 131_008, 131_008, 131_008, 131_008]
      )
      assert.strictEqual(yield* total, 0)
      assert.strictEqual(yield* buttons(reply("Yes"), reply("No", "b")), 0)
      assert.strictEqual(yield* list({ rows: rows(10) }), 0)
      assert.strictEqual(yield* send(message({ type: "reaction", reaction: { message_id: "wamid.a", emoji: "" } })), 0)
      assert.strictEqual(yield* send(message({ type: "image", image: { link } })), 0)
      assert.strictEqual(yield* send(message({ type: "contacts", contacts: [{ name: { formatted_name: "A" } }] })), 0)
    }).pipe(Effect.provide(strict))
  )

  it.effect("the simulator requires an expiry of a pin alone, and counts characters by code points", () =>
    Effect.gen(function* () {
      const { send, writes, total } = yield* ruled
      yield* writes()
      const pin = (more: object) => send(message({ type: "pin", pin: { message_id: "wamid.a", ...more } }))
      assert.strictEqual(yield* pin({ type: "pin" }), 131_008)
      assert.strictEqual(yield* pin({ type: "pin", expiration_days: "7" }), 0)
      assert.strictEqual(yield* pin({ type: "unpin" }), 0)
      const long = (count: number) => send(message({ type: "text", text: { body: "👍".repeat(count) } }))
      assert.deepStrictEqual([yield* long(4096), yield* long(4097)], [0, 100])
      assert.strictEqual(yield* total, 3)
    }).pipe(Effect.provide(strict))
  )

  it.effect("the simulator accepts only templates at the marketing endpoint, and rejects others with 131055", () =>
    Effect.gen(function* () {
      const { send, total } = yield* ruled
      const edge = `/v25.0/${phoneNumberId}/marketing_messages`
      const options = { product_policy: "STRICT", message_activity_sharing: true }
      assert.strictEqual(yield* send({ ...template("offer"), ...options }, edge), 0)
      assert.strictEqual(yield* send(text(), edge), 131_055)
      assert.strictEqual(yield* total, 1)
    }).pipe(Effect.provide(strict))
  )
})
