import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { Deployment } from "../deployment/deployment.ts"
import type { PolicyRow } from "../gate/policy/policy.ts"
import type { GateVerdict } from "../gate/verdict.ts"
import { GateState } from "../gate/words.ts"
import { gauges } from "../metrics/registry.ts"
import { GoNoGo } from "./go-no-go.ts"

/** Time between two judgements for the metrics. */
const judgeEvery = "1 minute"

/** Evidence of at most this age is renewed while the gateway runs, so its end is no news. */
const renewedWithin = 7 * 86_400_000

const isRenewed = ({ maxAge }: PolicyRow) => Object.values(maxAge).some((age) => age <= renewedWithin)

/**
 * Returns the earliest time at which a row stops to count, in milliseconds. Returns `undefined` when no row has one. Rows that
 * the gateway itself renews each hour are left out.
 */
export const earliestUntil = ({ rows }: GateVerdict, policy: ReadonlyArray<PolicyRow>): number | undefined => {
  const renewed = new Set(policy.filter(isRenewed).map(({ id }) => id))
  const ends = rows.flatMap(({ row, state, until }) =>
    (state === "GO" || state === "SEEN") && until !== undefined && !renewed.has(row) ? [until] : []
  )
  return ends.length === 0 ? undefined : Math.min(...ends)
}

const states = GateState.literals

const updateFor = (gauge: Metric.Gauge<number>, valueOf: (state: GateState) => number) =>
  Effect.forEach(states, (state) => Metric.update(Metric.withAttributes(gauge, { state }), valueOf(state)), {
    discard: true
  })

/** Updates the metrics of readiness. Without a verdict, no state has the value 1. */
const show = Effect.fnUntraced(function* (verdict: GateVerdict | undefined, policy: ReadonlyArray<PolicyRow>) {
  yield* updateFor(gauges.readinessVerdict, (state) => (verdict?.state === state ? 1 : 0))
  if (verdict === undefined) return
  yield* updateFor(gauges.readinessRows, (state) => verdict.rows.filter((row) => row.state === state).length)
  yield* Metric.update(gauges.readinessUntil, (earliestUntil(verdict, policy) ?? 0) / 1_000)
})

/** Judges the release each minute for the metrics, except in production, which makes no verdict. */
export const layer: Layer.Layer<never, never, GoNoGo | Deployment> = Layer.effectDiscard(
  Effect.gen(function* () {
    const { environment } = yield* Deployment
    if (environment === "production") return
    const { judge, rows } = yield* GoNoGo
    yield* Effect.result(judge()).pipe(
      Effect.flatMap((result) => show(Result.getOrUndefined(result), rows)),
      Effect.repeat(Schedule.spaced(judgeEvery)),
      Effect.forkScoped
    )
  })
)
