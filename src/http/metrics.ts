import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Semaphore from "effect/Semaphore"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { type Counts, EventLog } from "../inbound/event-log.ts"
import { accountStates } from "../outbound/account-states.ts"
import { IntentLanes } from "../outbound/intent-lanes.ts"
import { Replies } from "../inbound/replies.ts"
import { IntentLedger } from "../outbound/intent-ledger.ts"

const total = (name: string, description: string) => Metric.counter(name, { description, incremental: true })

const counters: Readonly<Record<Exclude<keyof Counts, "pending" | "broken">, Metric.Counter<number>>> = {
  received: total("comporta_events_received_total", "Items of webhooks that were answered 200"),
  admitted: total("comporta_events_admitted_total", "Events durably admitted"),
  deduped: total("comporta_events_deduped_total", "Items that had been seen before"),
  quarantined: total("comporta_events_quarantined_total", "Items set aside: not understood, or for an unknown account"),
  delivered: total("comporta_events_delivered_total", "Events that the runtime has acknowledged"),
  deadLettered: total("comporta_events_dead_lettered_total", "Events that the runtime has refused for good"),
  again: total("comporta_events_again_total", "Events that operators sent again, or released from quarantine")
}
const pending = Metric.gauge("comporta_events_pending", {
  description: "Events that the runtime has not acknowledged, counted where they wait"
})
const broken = Metric.gauge("comporta_conservation_broken", {
  description: "Partitions whose numbers of events do not add up: an event was lost or counted twice"
})
const replies = Metric.gauge("comporta_replies_pending", {
  description: "Answers of the runtime whose intents are not all performed"
})
const oldestDoubt = Metric.gauge("comporta_doubt_oldest_seconds", { description: "Age of the oldest open doubt" })

const openLanes = Metric.gauge("comporta_lanes_open", { description: "Conversations with accepted intents that wait" })
const oldestAccepted = Metric.gauge("comporta_accepted_oldest_seconds", {
  description: "Age of the oldest intent that is accepted and not performed"
})

const paused = Metric.gauge("comporta_account_paused", { description: "1 while the account is paused" })

/** The text that Prometheus reads. The events' numbers are the store's own (G35), so every replica tells the same. */
export const metrics = Effect.gen(function* () {
  const events = yield* EventLog
  const { waiting } = yield* Replies
  const ledger = yield* IntentLedger
  const lanes = yield* IntentLanes
  const states = yield* accountStates
  const told: Record<string, number> = {}
  // Two readers at once must not add the same difference twice.
  const one = Semaphore.makeUnsafe(1)
  const refresh = Effect.gen(function* () {
    const counts = yield* events.counts
    for (const [name, counter] of Object.entries(counters)) {
      const now = Object.entries(counts).find(([key]) => key === name)?.[1] ?? 0
      yield* Metric.update(counter, Math.max(0, now - (told[name] ?? 0)))
      told[name] = Math.max(now, told[name] ?? 0)
    }
    yield* Metric.update(pending, counts.pending)
    yield* Metric.update(broken, counts.broken)
    yield* Metric.update(replies, yield* waiting)
    yield* Metric.update(oldestDoubt, (yield* ledger.oldestDoubt) / 1_000)
    yield* Metric.update(oldestAccepted, (yield* ledger.oldestAccepted) / 1_000)
    yield* Metric.update(openLanes, yield* lanes.open)
    for (const { channel, account, pause } of yield* states) {
      const whose = { connector: channel.id, account: account.id }
      yield* Metric.update(Metric.withAttributes(paused, whose), pause === undefined ? 0 : 1)
    }
  })
  // While the store is away the last numbers stand; readiness says that it is away.
  return Effect.andThen(Semaphore.withPermits(one, 1)(Effect.ignore(refresh)), PrometheusMetrics.format())
})
