import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { InboundEvent } from "../domain/event.ts"
import { Log } from "../log/log.ts"
import { Sealer } from "../secrets/sealer.ts"
import { EventLog, type Ownership, type PendingEntry } from "./event-log.ts"
import type { Tried } from "./lanes.ts"
import { Replies } from "./replies.ts"
import { encodeReply } from "./reply-record.ts"
import { Runtime, type RuntimeAnswer } from "./runtime.ts"
import { Wake } from "./wake.ts"

/** Refusals of one event by the runtime before it is dead-lettered (G33). */
export const maxRefusals = 5
const firstPause = 500
const longestPause = 30_000

export interface Delivery {
  readonly entry: PendingEntry
  readonly event: InboundEvent
}

/**
 * Delivers one event once. A runtime that is away spends no attempts (G33); a store that is away is waited for.
 * `heard` is told what the runtime said before the store is. `lost`: the partition has another owner.
 */
export const deliver = Effect.fnUntraced(function* (
  owner: Ownership,
  { entry, event }: Delivery,
  attempt: number,
  heard: (answer: RuntimeAnswer) => Effect.Effect<void>
): Effect.fn.Return<Tried, never, EventLog | Replies | Runtime | Log | Sealer | Wake> {
  const log = yield* Log
  const runtime = yield* Runtime
  const events = yield* EventLog
  const started = yield* Clock.currentTimeMillis
  const answer = yield* runtime.deliver(event)
  const durationMs = (yield* Clock.currentTimeMillis) - started
  yield* heard(answer)
  const line = (outcome: "delivered" | "held" | "refused" | "dead_lettered", code?: string) => ({
    ...threadOf(event),
    outcome,
    attempt,
    durationMs,
    ...(code === undefined ? {} : { failureCode: code })
  })
  switch (answer._tag) {
    case "Acknowledged": {
      const written = yield* acknowledge(owner, { entry, event }, answer.intents)
      if (written === "stale") return "lost"
      log.write("info", "dispatch.delivered", line("delivered"))
      if (written === "answered") log.write("warn", "reply.ignored", threadOf(event))
      return "done"
    }
    case "Refused": {
      const counted = yield* persist(events.refuse(owner, entry.position, entry.refusals + 1))
      if (counted === "stale") return "lost"
      if (counted === "absent") return "done"
      const { problem } = answer
      const code = problem ?? String(answer.status)
      if (counted < maxRefusals) {
        log.write("warn", "dispatch.refused", line("refused", code))
        return yield* again(attempt)
      }
      const reason = problem === undefined ? `runtime_refused_${answer.status}` : `runtime_${problem}`
      const written = yield* persist(events.deadLetter(owner, entry.position, reason))
      if (written === "stale") return "lost"
      log.write("error", "dispatch.dead_lettered", line("dead_lettered", code))
      return "done"
    }
    case "Held": {
      log.write("warn", "dispatch.held", line("held", answer.reason))
      // What did not get there is paced by the breaker alone, and goes out as soon as the runtime is back.
      if (answer.unreached === true) return { pause: 0 }
      return answer.retryAfter === undefined ? yield* again(attempt) : { pause: answer.retryAfter }
    }
  }
})

const threadOf = (event: InboundEvent) => ({
  correlationId: event.correlationId,
  dedupeKey: event.eventId,
  connectorId: event.connector,
  accountId: event.account
})

/** With what the runtime answered, in one write (G32); the relay is told of it. */
const acknowledge = Effect.fnUntraced(function* (
  owner: Ownership,
  { entry, event }: Delivery,
  intents: Extract<RuntimeAnswer, { readonly _tag: "Acknowledged" }>["intents"]
) {
  if (intents === undefined) {
    const events = yield* EventLog
    return yield* persist(events.acknowledge(owner, "runtime", entry.position))
  }
  const replies = yield* Replies
  const sealer = yield* Sealer
  const wake = yield* Wake
  const record = encodeReply(sealer, event, intents, yield* Clock.currentTimeMillis)
  const written = yield* persist(replies.acknowledge(owner, entry.position, { eventId: event.eventId, record }))
  if (written === "written") wake.notify(owner.partition, "replies")
  return written
})

/** Exponential with jitter, at most 30 s. */
export const again = (attempt: number): Effect.Effect<Tried> =>
  Effect.map(Random.next, (jitter) => {
    const full = Math.min(longestPause, firstPause * 2 ** Math.min(attempt - 1, 10))
    return { pause: Math.ceil(full * (0.5 + jitter / 2)) }
  })

/** Repeated until the store takes it: acknowledging twice is acknowledging once. */
export const persist = <A, E, R>(write: Effect.Effect<A, E, R>): Effect.Effect<A, never, R> =>
  Effect.catch(write, () =>
    Effect.delay(
      Effect.suspend(() => persist(write)),
      "500 millis"
    )
  )
