import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Semaphore from "effect/Semaphore"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { type Counts, EventLog } from "../../inbound/event-log/event-log.ts"
import { accountStates } from "../../outbound/accounts/account-states.ts"
import { IntentLanes } from "../../outbound/queue/intent-lanes.ts"
import { Replies } from "../../inbound/replies/replies.ts"
import { IntentLedger } from "../../outbound/ledger/intent-ledger.ts"
import { counters, gauges } from "../../metrics/registry.ts"

/** The metric for each counter of the store. */
const ofCounts: Readonly<Record<Exclude<keyof Counts, "pending" | "broken">, Metric.Counter<number>>> = {
  received: counters.eventsReceived,
  admitted: counters.eventsAdmitted,
  deduped: counters.eventsDeduped,
  quarantined: counters.eventsQuarantined,
  delivered: counters.eventsDelivered,
  deadLettered: counters.eventsDeadLettered,
  again: counters.eventsAgain
}

/** Returns the text for Prometheus. The store counts the events (G35), so every replica returns the same numbers. */
export const metrics = Effect.gen(function* () {
  const events = yield* EventLog
  const { waiting } = yield* Replies
  const ledger = yield* IntentLedger
  const lanes = yield* IntentLanes
  const states = yield* accountStates
  const told: Record<string, number> = {}
  // Concurrent scrapes must not add the same difference twice.
  const one = Semaphore.makeUnsafe(1)
  const refresh = Effect.gen(function* () {
    const counts = yield* events.counts
    for (const [name, counter] of Object.entries(ofCounts)) {
      const now = Object.entries(counts).find(([key]) => key === name)?.[1] ?? 0
      yield* Metric.update(counter, Math.max(0, now - (told[name] ?? 0)))
      told[name] = Math.max(now, told[name] ?? 0)
    }
    yield* Metric.update(gauges.eventsPending, counts.pending)
    yield* Metric.update(gauges.conservationBroken, counts.broken)
    yield* Metric.update(gauges.repliesPending, yield* waiting)
    yield* Metric.update(gauges.oldestDoubt, (yield* ledger.oldestDoubt) / 1_000)
    yield* Metric.update(gauges.oldestAccepted, (yield* ledger.oldestAccepted) / 1_000)
    yield* Metric.update(gauges.lanesOpen, yield* lanes.open)
    for (const { channel, account, pause } of yield* states) {
      const whose = { connector: channel.id, account: account.id }
      yield* Metric.update(Metric.withAttributes(gauges.accountPaused, whose), pause === undefined ? 0 : 1)
    }
  })
  // While the store is unreachable, the last numbers are returned; readiness reports the store.
  return Effect.andThen(Semaphore.withPermits(one, 1)(Effect.ignore(refresh)), PrometheusMetrics.format())
})
