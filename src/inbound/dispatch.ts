import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import type { InboundEvent } from "../domain/event.ts"
import { Log } from "../log/log.ts"
import { EventLog, type Ownership, type PendingEntry, type Write } from "./event-log.ts"
import { Runtime, type RuntimeAnswer } from "./runtime.ts"

/** Refusals of one event by the runtime before it is dead-lettered (G33). */
export const maxRefusals = 5
const firstPause = 500
const longestPause = 30_000

export type Delivered = "delivered" | "dead_lettered" | "lost"

/**
 * Delivers one event until the runtime has acknowledged it or refused it too often. A runtime that is away spends no
 * attempts (G33); a store that is away is waited for. A pause holds no slot. `lost`: the partition has another owner.
 */
export const deliver = Effect.fnUntraced(function* (
  owner: Ownership,
  entry: PendingEntry,
  event: InboundEvent,
  slots: Semaphore.Semaphore
): Effect.fn.Return<Delivered, never, EventLog | Runtime | Log> {
  const log = yield* Log
  const runtime = yield* Runtime
  const events = yield* EventLog
  let refusals = entry.refusals
  for (let attempt = 1; ; attempt++) {
    const started = yield* Clock.currentTimeMillis
    const answer = yield* Semaphore.withPermits(slots, 1)(runtime.deliver(event))
    const durationMs = (yield* Clock.currentTimeMillis) - started
    const line = (outcome: "delivered" | "held" | "refused" | "dead_lettered", code?: string) => ({
      correlationId: event.correlationId,
      dedupeKey: event.eventId,
      connectorId: event.connector,
      accountId: event.account,
      outcome,
      attempt,
      durationMs,
      ...(code === undefined ? {} : { failureCode: code })
    })
    switch (answer._tag) {
      case "Acknowledged": {
        const written = yield* persist(events.acknowledge(owner, "runtime", entry.position))
        if (written === "stale") return "lost"
        log.write("info", "dispatch.delivered", line("delivered"))
        return "delivered"
      }
      case "Refused": {
        const counted = yield* persist(events.refuse(owner, entry.position, refusals + 1))
        if (counted === "stale") return "lost"
        refusals = counted === "absent" ? maxRefusals : counted
        if (refusals >= maxRefusals) {
          const written: Write = yield* persist(
            events.deadLetter(owner, entry.position, `runtime_refused_${answer.status}`)
          )
          if (written === "stale") return "lost"
          log.write("error", "dispatch.dead_lettered", line("dead_lettered", String(answer.status)))
          return "dead_lettered"
        }
        log.write("warn", "dispatch.refused", line("refused", String(answer.status)))
        break
      }
      case "Held":
        log.write("warn", "dispatch.held", line("held", answer.reason))
    }
    yield* pause(attempt, answer)
  }
})

/** Exponential with jitter, at most 30 s, unless the runtime asked for a time. */
const pause = (attempt: number, answer: RuntimeAnswer) =>
  Effect.gen(function* () {
    if (answer._tag === "Held" && answer.retryAfter !== undefined) return yield* Effect.sleep(answer.retryAfter)
    const full = Math.min(longestPause, firstPause * 2 ** Math.min(attempt - 1, 10))
    const jitter = yield* Random.next
    return yield* Effect.sleep(Duration.millis(full * (0.5 + jitter / 2)))
  })

/** Repeated until the store takes it: acknowledging twice is acknowledging once. */
export const persist = <A, E, R>(write: Effect.Effect<A, E, R>): Effect.Effect<A, never, R> =>
  write.pipe(Effect.retry(Schedule.spaced("500 millis")), Effect.orDie)
