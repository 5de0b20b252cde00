import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import { type Backoff, backoffDelay } from "../../concurrency/backoff.ts"
import { retryUntilStored } from "../../concurrency/retry.ts"
import type { InboundEvent } from "../../domain/event.ts"
import type { LogFields } from "../../log/line.ts"
import { Log } from "../../log/log.ts"
import { counters } from "../../metrics/registry.ts"
import { Observe } from "../../observe/observe.ts"
import { Sealer } from "../../secrets/sealer.ts"
import { EventLog, type Ownership, type PendingEntry } from "../event-log/event-log.ts"
import { InboundNotifications } from "../notifications.ts"
import type { AttemptResult, AttemptVerdict, DeliveryResponse } from "../ordering/ordered-dispatcher.ts"
import { encodeReply, Replies } from "../replies/replies.ts"
import type { CountReason } from "../runtime/runtime-health.ts"
import { Runtime, type RuntimeAnswer, runtimeAnswerCode } from "../runtime/runtime.ts"

/** Failed deliveries of one event, while the runtime is available, at the first alarm. Each later alarm comes at twice as many. */
const stuckAfter = 5

const isDue = (held: number) => held >= stuckAfter && Number.isInteger(Math.log2(held / stuckAfter))

/** Logs and counts an event that is held again and again: for example, each of its deliveries times out. */
const alarm = (
  { away, state }: Pick<AttemptVerdict, "away" | "state">,
  line: LogFields
): Effect.Effect<void, never, Log> =>
  away || !isDue(state.held)
    ? Effect.void
    : Effect.flatMap(Log, (log) => {
        log.write("error", "dispatch.stuck", line)
        return Metric.update(counters.eventsStuck, 1)
      })

/** Counted refusals at which an event becomes a dead letter (G33, G48). */
export const maxRefusals = 5
/** Delays before the next delivery of an event that the runtime held or refused. */
export const deliveryBackoff: Backoff = { baseMs: 500, maxMs: 30_000 }

export interface Delivery {
  readonly entry: PendingEntry
  readonly event: InboundEvent
}

/**
 * Sends one event to the runtime once and writes the result, which it retries while the store is away. A held event, or one
 * refused while the runtime is away, spends none of its refusals (G33, G48). `onResponse` judges the answer before the
 * write. `mayCount` decides about a refusal that the answers to this process do not decide. Returns `lost` when the
 * partition has another owner.
 */
export const deliver = Effect.fnUntraced(function* (
  owner: Ownership,
  { entry, event }: Delivery,
  attempt: number,
  onResponse: (response: DeliveryResponse) => Effect.Effect<AttemptVerdict>,
  mayCount: (reason: Exclude<CountReason, "others">) => Effect.Effect<boolean>
): Effect.fn.Return<AttemptResult, never, EventLog | Replies | Runtime | Log | Sealer | InboundNotifications> {
  const log = yield* Log
  const runtime = yield* Runtime
  const started = yield* Clock.currentTimeMillis
  const answer = yield* runtime.deliver(event)
  const durationMs = (yield* Clock.currentTimeMillis) - started
  const verdict = yield* onResponse({ answer, refusals: entry.refusals })
  const line = (outcome: Outcome) => ({ ...logFieldsOf(event), outcome, attempt, durationMs })
  if (answer._tag === "Acknowledged") {
    const written = yield* acknowledge(owner, { entry, event }, answer.intents)
    if (written === "stale") return "lost"
    log.write("info", "dispatch.delivered", line("delivered"))
    const observe = yield* Observe
    observe.eventAcknowledged(event)
    if (written === "answered") log.write("warn", "reply.ignored", logFieldsOf(event))
    return "done"
  }
  if (answer._tag === "Refused" && !verdict.away) {
    const { counts: reason } = verdict
    const counts = reason === undefined || reason === "others" ? reason !== undefined : yield* mayCount(reason)
    const result = yield* refuse(owner, entry, line, answer, counts)
    if (result !== "again") return result
    if (!counts) yield* alarm(verdict, { ...line("refused"), failureCode: runtimeAnswerCode(answer) })
  } else {
    const held = { ...line("held"), failureCode: runtimeAnswerCode(answer) }
    log.write("warn", "dispatch.held", held)
    yield* alarm(verdict, held)
  }
  // A shorter wait, such as a `Retry-After` of 0, would send the event in a tight loop.
  const asked = answer._tag === "Held" ? (answer.retryAfter ?? 0) : 0
  if (asked >= deliveryBackoff.baseMs) return { pause: asked }
  // While the runtime is away, the breaker alone sets the delay: the event is sent as soon as the runtime is back.
  return verdict.away ? { pause: 0 } : yield* again(attempt)
})

type Outcome = "delivered" | "held" | "refused" | "dead_lettered"

/** Counts the refusal if `counts` is true. The last refusal turns the event into a dead letter. */
const refuse = Effect.fnUntraced(function* (
  owner: Ownership,
  entry: PendingEntry,
  line: (outcome: Outcome) => LogFields,
  { status, problem }: Extract<RuntimeAnswer, { readonly _tag: "Refused" }>,
  counts: boolean
) {
  const log = yield* Log
  const events = yield* EventLog
  const failureCode = problem ?? String(status)
  const counted = counts
    ? yield* retryUntilStored(events.refuse(owner, entry.position, entry.refusals + 1))
    : entry.refusals
  if (counted === "stale") return "lost"
  if (counted === "absent") return "done"
  if (counted < maxRefusals) {
    log.write("warn", "dispatch.refused", { ...line("refused"), failureCode, refusals: counted })
    return "again"
  }
  const reason = problem === undefined ? `runtime_refused_${status}` : `runtime_${problem}`
  const written = yield* retryUntilStored(events.deadLetter(owner, entry.position, reason))
  if (written === "stale") return "lost"
  log.write("error", "dispatch.dead_lettered", { ...line("dead_lettered"), failureCode, refusals: counted })
  return "done"
})

const logFieldsOf = (event: InboundEvent) => ({
  correlationId: event.correlationId,
  dedupeKey: event.eventId,
  connectorId: event.connector,
  accountId: event.account
})

/** Acknowledges the event and stores the intents of its answer in one write (G32), then notifies the reply worker. */
const acknowledge = Effect.fnUntraced(function* (
  owner: Ownership,
  { entry, event }: Delivery,
  intents: Extract<RuntimeAnswer, { readonly _tag: "Acknowledged" }>["intents"]
) {
  if (intents === undefined) {
    const events = yield* EventLog
    return yield* retryUntilStored(events.acknowledge(owner, "runtime", entry.position))
  }
  const replies = yield* Replies
  const sealer = yield* Sealer
  const notifications = yield* InboundNotifications
  const record = encodeReply(sealer, event, intents, yield* Clock.currentTimeMillis)
  const written = yield* retryUntilStored(
    replies.acknowledge(owner, entry.position, { eventId: event.eventId, record })
  )
  if (written === "written") notifications.replies.notify(owner.partition)
  return written
})

/** Returns the delay after an attempt. The first attempt is number 1. */
export const again = (attempt: number): Effect.Effect<AttemptResult> =>
  Effect.map(Random.next, (random) => ({ pause: Math.ceil(backoffDelay(deliveryBackoff, attempt - 1, random)) }))
