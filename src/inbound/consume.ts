import * as Effect from "effect/Effect"
import { Log } from "../log/log.ts"
import { Sealer } from "../secrets/sealer.ts"
import type { InboundEvent } from "../domain/event.ts"
import { type Consumer, EventLog, type Ownership, type PendingEntry } from "./event-log.ts"
import { decodeRecord } from "./record.ts"
import { Wake } from "./wake.ts"

/** Entries read at once. */
const page = 128
/** A worker looks by itself this often, whatever it is told. */
const look = "1 seconds"

/** An unreadable record stays unacknowledged, so that a release or a key that can read it does (G5, G36). */
export const readEvent = Effect.fnUntraced(function* (owner: Ownership, entry: PendingEntry) {
  const sealer = yield* Sealer
  const log = yield* Log
  const event = yield* Effect.option(decodeRecord(sealer, entry.record))
  if (event._tag === "Some") return event.value
  log.write("error", "dispatch.unreadable", { partition: owner.partition })
  return undefined
})

/** Feeds a partition's unacknowledged events, in order, to `handle`, which may hold back the next page. Never ends. */
export const consume = <R>(
  owner: Ownership,
  consumer: Consumer,
  handle: (entry: PendingEntry, event: InboundEvent) => Effect.Effect<void, never, R>
): Effect.Effect<never, never, R | EventLog | Sealer | Log | Wake> =>
  Effect.gen(function* () {
    const events = yield* EventLog
    const wake = yield* Wake
    let after = 0
    const next = Effect.gen(function* () {
      const entries = yield* events
        .pending(owner.partition, consumer, after, page)
        .pipe(Effect.catch(() => Effect.as(Effect.sleep(look), [])))
      for (const entry of entries) {
        after = entry.position
        const event = yield* readEvent(owner, entry)
        if (event !== undefined) yield* handle(entry, event)
      }
      if (entries.length === 0) yield* Effect.timeoutOption(wake.next(consumer, owner.partition), look)
    })
    return yield* Effect.forever(next)
  })
