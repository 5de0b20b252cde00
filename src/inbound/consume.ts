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

/** Feeds a partition's unacknowledged events, in order, to `handle`, which may hold back the next page. Never ends. */
export const consume = <R>(
  owner: Ownership,
  consumer: Consumer,
  handle: (entry: PendingEntry, event: InboundEvent) => Effect.Effect<void, never, R>
): Effect.Effect<never, never, R | EventLog | Sealer | Log | Wake> =>
  Effect.gen(function* () {
    const events = yield* EventLog
    const sealer = yield* Sealer
    const log = yield* Log
    const wake = yield* Wake
    let after = 0
    const next = Effect.gen(function* () {
      const entries = yield* events
        .pending(owner.partition, consumer, after, page)
        .pipe(Effect.catch(() => Effect.as(Effect.sleep(look), [])))
      for (const entry of entries) {
        after = entry.position
        const event = yield* Effect.option(decodeRecord(sealer, entry.record))
        // It stays unacknowledged, so that it is read again by a release or with a key that can (G5, G36).
        if (event._tag === "None") log.write("error", "dispatch.unreadable", { partition: owner.partition })
        else yield* handle(entry, event.value)
      }
      if (entries.length === 0) yield* Effect.timeoutOption(wake.next(consumer, owner.partition), look)
    })
    return yield* Effect.forever(next)
  })
