import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { listOf, objectOf } from "../../../plugins/meta/read-json.ts"
import { verify } from "../../../plugins/meta/authentication.ts"
import type { RawWebhook } from "../../../src/connector/inbound.ts"
import { digest } from "../digest.ts"
import { phoneNumberId } from "./samples/webhook.ts"
import { Simulation, appSecret, simulation } from "./simulation.ts"

const textOf = ({ body }: RawWebhook) => new TextDecoder().decode(body)
const entriesOf = (webhook: RawWebhook) => listOf(objectOf(JSON.parse(textOf(webhook)))?.["entry"]) ?? []
const genuine = (webhook: RawWebhook) => verify(webhook, [appSecret], digest) === 0

const delivering = Effect.gen(function* () {
  const { call, received, answers } = yield* Simulation
  const control = (name: string, body: object = {}) => call("POST", `/_simulator/${name}`, body)
  const writes = (text: string, number = phoneNumberId) =>
    control("customer-messages", { from: "15550102030", text, phoneNumberId: number })
  const deliveries = Effect.map(call("GET", "/_simulator/deliveries"), ({ at }) => listOf(at("deliveries")) ?? [])
  return { call, received, answers, control, writes, deliveries }
})

describe("webhooks of the simulated provider", () => {
  it.effect("the simulator holds webhooks, and releases them in reverse order", () =>
    Effect.gen(function* () {
      const { received, control, writes, deliveries } = yield* delivering
      yield* control("hold")
      assert.strictEqual((yield* writes("first")).at("status"), 0)
      yield* writes("second")
      assert.lengthOf(yield* deliveries, 0)
      const released = yield* control("release", { reversed: true })
      assert.deepStrictEqual(released.json, { released: 2, answers: [200, 200] })
      assert.include(textOf(yield* received), "second")
      assert.include(textOf(yield* received), "first")
      assert.strictEqual((yield* writes("third")).at("status"), 200)
      assert.strictEqual((yield* control("release")).at("released"), 0)
    }).pipe(Effect.provide(simulation))
  )

  it.effect("the simulator releases held webhooks in one signed body, and redelivers it byte for byte", () =>
    Effect.gen(function* () {
      const { call, received, control, writes, deliveries } = yield* delivering
      const body = { messaging_product: "whatsapp", to: "+15550102030", type: "text", text: { body: "hi" } }
      const id = (yield* call("POST", `/v25.0/${phoneNumberId}/messages`, body)).at("messages", 0, "id")
      yield* Effect.andThen(received, received)
      yield* control("hold")
      yield* writes("é 1")
      yield* writes("two", "200000000000002")
      yield* control("statuses", { id: String(id), status: "read" })
      assert.deepStrictEqual((yield* control("release", { together: true })).json, { released: 3, answers: [200] })
      const batch = yield* received
      assert.isTrue(genuine(batch))
      assert.lengthOf(entriesOf(batch), 3)
      for (const part of ["\\u00e9 1", '"phone_number_id":"200000000000002"', '"status":"read"']) {
        assert.include(textOf(batch), part)
      }
      yield* control("redeliver", { kind: "batch" })
      assert.deepStrictEqual((yield* received).body, batch.body)
      assert.lengthOf(yield* deliveries, 4)
    }).pipe(Effect.provide(simulation))
  )

  it.effect("the simulator signs webhooks wrongly or not at all when configured to", () =>
    Effect.gen(function* () {
      const { received, control, writes } = yield* delivering
      yield* control("delivering", { signature: "wrong" })
      yield* writes("a")
      assert.isFalse(genuine(yield* received))
      yield* control("delivering", { signature: "missing" })
      yield* writes("b")
      assert.notProperty((yield* received).headers, "x-hub-signature-256")
      yield* control("delivering", { signature: "right" })
      yield* writes("c")
      assert.isTrue(genuine(yield* received))
    }).pipe(Effect.provide(simulation))
  )

  it.effect("the simulator redelivers ever less often for seven days of its own time, and then stops", () =>
    Effect.gen(function* () {
      const { received, answers, control, writes, deliveries } = yield* delivering
      yield* control("delivering", { speed: 6000 })
      yield* answers(...Array.from({ length: 20 }, () => 500))
      yield* writes("a")
      const first = yield* received
      for (let attempt = 2, wait = 10; attempt <= 14; attempt++, wait *= 2) {
        yield* TestClock.adjust(`${wait - 1} millis`)
        assert.lengthOf(yield* deliveries, attempt - 1)
        yield* TestClock.adjust("1 millis")
        assert.deepStrictEqual((yield* received).body, first.body)
        yield* Effect.repeat(deliveries, { until: ({ length }) => length === attempt })
      }
      yield* TestClock.adjust("1 day")
      assert.lengthOf(yield* deliveries, 14)
    }).pipe(Effect.provide(simulation))
  )
})
