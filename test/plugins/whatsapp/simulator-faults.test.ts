import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import type { Json } from "../../../src/domain/json.ts"
import { phoneNumberId } from "./samples/webhook.ts"
import { Simulation, simulation } from "./simulation.ts"

const text = {
  messaging_product: "whatsapp",
  to: "+15550102030",
  type: "text",
  text: { body: "olá" },
  biz_opaque_callback_data: "c1.sample"
}

interface Faulty {
  readonly send: ReturnType<Simulation["Service"]["call"]>
  readonly total: Effect.Effect<Json | undefined, string>
  readonly received: Simulation["Service"]["received"]
}

const faulty = <A, E>(fault: object, test: (one: Faulty) => Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const { call, received } = yield* Simulation
    assert.strictEqual((yield* call("POST", "/_simulator/faults", fault)).status, 200)
    const total = Effect.map(call("GET", "/_simulator/effects"), ({ at }) => at("total"))
    return yield* test({ send: call("POST", `/v25.0/${phoneNumberId}/messages`, text), total, received })
  }).pipe(Effect.provide(simulation))

describe("faults of the simulated Graph API", () => {
  it.effect("the fault `drop` drops the connection without acting, as often as configured", () =>
    faulty(
      { mode: "drop", times: 2 },
      Effect.fnUntraced(function* ({ send, total }) {
        assert.strictEqual(yield* Effect.flip(send), "connection lost")
        assert.strictEqual(yield* Effect.flip(send), "connection lost")
        assert.strictEqual(yield* total, 0)
        assert.strictEqual((yield* send).status, 200)
        assert.strictEqual(yield* total, 1)
      })
    )
  )

  it.effect("the fault `drop_after_accepting` drops the connection after acting, and the status still arrives", () =>
    faulty(
      { mode: "drop_after_accepting" },
      Effect.fnUntraced(function* ({ send, total, received }) {
        assert.strictEqual(yield* Effect.flip(send), "connection lost")
        assert.strictEqual(yield* total, 1)
        assert.include(new TextDecoder().decode((yield* received).body), "c1.sample")
      })
    )
  )

  it.effect("the fault `delay` answers late, after it acted at once", () =>
    faulty(
      { mode: "delay", millis: 60_000 },
      Effect.fnUntraced(function* ({ send, total, received }) {
        const sending = yield* Effect.forkChild(send)
        yield* received
        assert.strictEqual(yield* total, 1)
        assert.isUndefined(sending.pollUnsafe())
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* Fiber.join(sending)).status, 200)
      })
    )
  )

  it.effect("the fault `refuse` answers with a code, without acting", () =>
    faulty(
      { mode: "refuse", code: 130429, subcode: 2494055, httpStatus: 400, retryAfter: 7 },
      Effect.fnUntraced(function* ({ send, total }) {
        const { status, at, headers } = yield* send
        assert.deepInclude(at("error"), { code: 130429, error_subcode: 2494055, type: "OAuthException" })
        assert.strictEqual(status, 400)
        assert.deepInclude(headers, { "retry-after": "7" })
        assert.strictEqual(yield* total, 0)
      })
    )
  )

  it.effect("the fault `fail_after_accepting` answers 500 although it acted", () =>
    faulty(
      { mode: "fail_after_accepting" },
      Effect.fnUntraced(function* ({ send, total }) {
        assert.strictEqual((yield* send).status, 500)
        assert.strictEqual(yield* total, 1)
      })
    )
  )

  it.effect("the fault `html` answers HTML without acting", () =>
    faulty(
      { mode: "html", httpStatus: 200 },
      Effect.fnUntraced(function* ({ send, total }) {
        const { status, text } = yield* send
        assert.strictEqual(status, 200)
        assert.match(text, /^<!DOCTYPE html>/)
        assert.strictEqual(yield* total, 0)
      })
    )
  )

  it.effect("the simulator rejects an unknown fault", () =>
    Effect.gen(function* () {
      const { call } = yield* Simulation
      assert.strictEqual((yield* call("POST", "/_simulator/faults", { mode: "explode" })).status, 400)
      assert.strictEqual((yield* call("POST", "/_simulator/faults", { mode: "drop", time: 1 })).status, 400)
    }).pipe(Effect.provide(simulation))
  )
})
