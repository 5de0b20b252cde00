import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InboundEvent } from "../../../src/domain/event.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { wholeRecord } from "../../../src/inbound/event-log/event-log.ts"
import { decodeEvent, encodeEvent } from "../../../src/inbound/event-log/event-codec.ts"
import { Sealer } from "../../../src/secrets/sealer.ts"
import { eventOf, baseLayer } from "../harness.ts"

const again = Effect.fnUntraced(function* (event: InboundEvent) {
  const sealer = yield* Sealer
  return yield* decodeEvent(sealer, wholeRecord(encodeEvent(sealer, event)))
})

const laid = ({ personal, ...rest }: InboundEvent) => ({ ...rest, personal: Personal.open(personal) })

const unreadable = Effect.fnUntraced(function* (record: string) {
  const sealer = yield* Sealer
  return (yield* Effect.flip(decodeEvent(sealer, record)))._tag
})

describe("event codec", () => {
  it.effect("the event codec decodes every kind of event to the encoded one", () =>
    Effect.gen(function* () {
      const events = [
        eventOf(1),
        eventOf(2, 2, { kind: "unknown", type: "fixture.ação\n\u0000\ud800", weakIdentity: true, occurredAt: -0.5 }),
        eventOf(3, 3, { kind: "status", evidence: { status: "failed", code: "131026", callbackData: "c1.a.b" } }),
        eventOf(4, 4, { kind: "status", evidence: { status: "of tomorrow" } }),
        eventOf(5, 5, { personal: Personal.of({ providerId: "", content: null, contact: [1], errors: { a: "\n" } }) })
      ]
      for (const event of events) assert.deepStrictEqual(laid(yield* again(event)), laid(event))
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect.prop("the event codec keeps any JSON content", [Schema.Json], ([content]) =>
    Effect.gen(function* () {
      const event = yield* again(eventOf(1, 1, { personal: Personal.of({ providerId: "p", content }) }))
      assert.strictEqual(JSON.stringify(Personal.open(event.personal).content), JSON.stringify(content))
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the event codec keeps content whose members have the names of prototype members", () =>
    Effect.gen(function* () {
      const text = '{"__proto__":{"admin":true},"constructor":{"prototype":1},"toString":"x","hasOwnProperty":null}'
      const event = yield* again(
        eventOf(1, 1, { personal: Personal.of({ providerId: "p", content: JSON.parse(text) }) })
      )
      assert.strictEqual(JSON.stringify(Personal.open(event.personal).content), text)
      assert.isUndefined(Reflect.get({}, "admin"))
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an unreadable record fails as `Unreadable`, and never as a defect", () =>
    Effect.gen(function* () {
      const sealer = yield* Sealer
      const record = wholeRecord(encodeEvent(sealer, eventOf(1)))
      const [open = "", sealed = ""] = record.split("\n")
      const wrong = [
        "",
        "\n",
        "{}",
        open,
        `${open}\n`,
        `${open}\n1:00000000:AAAA`,
        `${open}\n0:{`,
        `${open}\n0:{"content":1}`,
        `[]\n${sealed}`,
        `${open.replace("[1,", "[2,")}\n${sealed}`,
        `${open.replace("evt_", "int_")}\n${sealed}`,
        `${open.replace('"message"', '"of tomorrow"')}\n${sealed}`,
        record.slice(0, -1)
      ]
      for (const text of wrong) assert.strictEqual(yield* unreadable(text), "Unreadable", text.slice(0, 40))
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a printed decoding error shows nothing of a person", () =>
    Effect.gen(function* () {
      const sealer = yield* Sealer
      const canary = "canary-15550102030"
      const record = wholeRecord(
        encodeEvent(sealer, eventOf(1, 1, { personal: Personal.of({ providerId: canary, content: canary }) }))
      )
      const error = yield* Effect.flip(decodeEvent(sealer, `${record}{`))
      assert.notInclude(JSON.stringify(error) + String(error), canary)
    }).pipe(Effect.provide(baseLayer))
  )
})
