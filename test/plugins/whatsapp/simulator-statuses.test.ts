import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { objectOf } from "../../../plugins/meta/read-json.ts"
import { isJsonObject, type Json } from "../../../src/domain/json.ts"
import { Simulation, simulation } from "./simulation.ts"
import { phoneNumberId } from "./samples/webhook.ts"

const parsed = (body: Uint8Array): Json => JSON.parse(new TextDecoder().decode(body))

/** The one change that a webhook holds. */
const valueOf = (body: Uint8Array) => {
  const entry = objectOf(parsed(body))?.["entry"]
  const first = Array.isArray(entry) ? objectOf(entry[0])?.["changes"] : undefined
  return Array.isArray(first) ? (objectOf(objectOf(first[0])?.["value"]) ?? {}) : {}
}

const statusOf = (body: Uint8Array) => {
  const { statuses } = valueOf(body)
  const status = Array.isArray(statuses) ? statuses[0] : undefined
  return isJsonObject(status) ? status : {}
}

const text = { messaging_product: "whatsapp", to: "+15550102030", type: "text", text: { body: "hi" } }

const sent = Effect.gen(function* () {
  const { call, received } = yield* Simulation
  const callback = { biz_opaque_callback_data: "ours" }
  const answer = yield* call("POST", `/v25.0/${phoneNumberId}/messages`, { ...text, ...callback })
  yield* received
  yield* received
  return { call, received, id: String(answer.at("messages", 0, "id")) }
})

describe("statuses of the simulated WhatsApp", () => {
  it.effect("the simulator delivers statuses in any order, each with our callback data", () =>
    Effect.gen(function* () {
      const { call, received, id } = yield* sent
      for (const status of ["read", "delivered", "played"]) {
        const answer = yield* call("POST", "/_simulator/statuses", { id, status })
        assert.strictEqual(answer.at("status"), 200)
        const { body } = yield* received
        assert.deepInclude(statusOf(body), { id, status, biz_opaque_callback_data: "ours" })
        assert.isDefined(valueOf(body)["contacts"])
      }
      yield* call("POST", "/_simulator/statuses", { id, status: "failed" })
      const { body } = yield* received
      assert.deepInclude(statusOf(body), { id, status: "failed", biz_opaque_callback_data: "ours" })
      assert.deepNestedInclude(statusOf(body), { "errors[0].code": 131_026 })
      assert.isUndefined(valueOf(body)["contacts"])
      yield* call("POST", "/_simulator/statuses", { id, status: "failed", code: 131_049 })
      assert.deepNestedInclude(statusOf((yield* received).body), { "errors[0].code": 131_049 })
    }).pipe(Effect.provide(simulation))
  )

  it.effect("the simulator delivers statuses of accepted messages alone", () =>
    Effect.gen(function* () {
      const { call, id } = yield* sent
      assert.strictEqual(
        (yield* call("POST", "/_simulator/statuses", { id: "wamid.other", status: "read" })).status,
        404
      )
      assert.strictEqual((yield* call("POST", "/_simulator/statuses", { id, status: "burnt" })).status, 400)
    }).pipe(Effect.provide(simulation))
  )

  it.effect("the simulator redelivers one status, byte for byte", () =>
    Effect.gen(function* () {
      const { call, received, id } = yield* sent
      yield* call("POST", "/_simulator/statuses", { id, status: "read" })
      const read = yield* received
      yield* call("POST", "/_simulator/redeliver", { id, kind: "status.sent" })
      assert.strictEqual(statusOf((yield* received).body)["status"], "sent")
      yield* call("POST", "/_simulator/redeliver", { id })
      assert.deepStrictEqual((yield* received).body, read.body)
      assert.strictEqual((yield* call("POST", "/_simulator/redeliver", { id, kind: "message" })).status, 404)
    }).pipe(Effect.provide(simulation))
  )

  it.effect("the simulator keeps every send with its response and its fault", () =>
    Effect.gen(function* () {
      const { call } = yield* sent
      const send = call("POST", `/v25.0/${phoneNumberId}/messages`, text)
      for (const mode of ["refuse", "drop"]) {
        yield* call("POST", "/_simulator/faults", { mode })
        yield* Effect.ignore(send)
      }
      const calls = yield* call("GET", "/_simulator/calls")
      const seen = [0, 1, 2].map((index) => [calls.at("calls", index, "status"), calls.at("calls", index, "fault")])
      assert.deepStrictEqual(seen, [
        [200, "none"],
        [400, "refuse"],
        [0, "drop"]
      ])
      assert.include(String(calls.at("calls", 1, "answer")), "131056")
      assert.include(String(calls.at("calls", 1, "body")), "+15550102030")
    }).pipe(Effect.provide(simulation))
  )
})
