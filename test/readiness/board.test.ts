import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import { Deployment } from "../../src/deployment/deployment.ts"
import type { GateVerdict } from "../../src/gate/verdict.ts"
import type { GateState } from "../../src/gate/words.ts"
import { gauges } from "../../src/metrics/registry.ts"
import { layer } from "../../src/readiness/board.ts"
import { GoNoGo, NoVerdict } from "../../src/readiness/go-no-go.ts"
import { changed, judge, rows, seenAt } from "../gate/genuine.ts"

const day = 86_400_000
const valueOf = (gauge: Metric.Gauge<number>) => Effect.map(Metric.value(gauge), ({ value }) => value)
const inState = (gauge: Metric.Gauge<number>, state: GateState) => valueOf(Metric.withAttributes(gauge, { state }))

/** Runs the metrics over verdicts, one a judgement. Afterwards there is none. */
const showing = Effect.fnUntraced(function* (environment: "staging" | "production", ...verdicts: Array<GateVerdict>) {
  let judged = 0
  const goNoGo = GoNoGo.of({
    rows,
    judge: () =>
      Effect.suspend(() => {
        const verdict = verdicts[judged++]
        return verdict === undefined ? Effect.fail(new NoVerdict({ code: "no_verdict" })) : Effect.succeed(verdict)
      }),
    exported: Effect.fail(new NoVerdict({ code: "no_recorder" }))
  })
  const deployment = { id: "dep", former: [], environment, partitions: 1, identity: 2, localPepper: "" }
  const services = Layer.merge(Layer.succeed(GoNoGo, goNoGo), Layer.succeed(Deployment, deployment))
  yield* Layer.build(Layer.provide(layer, services))
  yield* TestClock.adjust(1)
  return () => judged
})

const own = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => Effect.provideService(Effect.scoped(effect), Metric.MetricRegistry, new Map()))

const failed = judge({ recorded: changed("1.1.2", (one) => ({ ...one, result: "fail" })) })

describe("metrics of readiness", () => {
  it.effect("the metrics say the verdict, the rows in each state, and the first end that nothing renews", () =>
    Effect.gen(function* () {
      yield* showing("staging", judge(), failed)
      assert.strictEqual(yield* inState(gauges.readinessVerdict, "GO"), 1)
      assert.strictEqual(yield* inState(gauges.readinessRows, "GO"), rows.length)
      assert.strictEqual(yield* valueOf(gauges.readinessUntil), (seenAt + 14 * day) / 1_000)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* inState(gauges.readinessVerdict, "GO"), 0)
      assert.strictEqual(yield* inState(gauges.readinessVerdict, "NO-GO"), 1)
      assert.strictEqual(yield* inState(gauges.readinessRows, "NO-GO"), 2)
    }).pipe(own)
  )

  it.effect("the release is judged once a minute, and no state is set while it cannot be judged", () =>
    Effect.gen(function* () {
      const judged = yield* showing("staging", judge())
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(judged(), 1)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(judged(), 11)
      for (const state of ["GO", "NO-GO", "UNKNOWN", "SEEN"] as const) {
        assert.strictEqual(yield* inState(gauges.readinessVerdict, state), 0)
      }
    }).pipe(own)
  )

  it.effect("production judges nothing", () =>
    Effect.gen(function* () {
      const judged = yield* showing("production", judge())
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(judged(), 0)
    }).pipe(own)
  )
})
