import * as Effect from "effect/Effect"
import type { InboundEvent } from "../../domain/event.ts"
import type { InfraError } from "../../domain/failure.ts"
import { Log } from "../../log/log.ts"
import { Sealer } from "../../secrets/sealer.ts"
import { type Consumer, EventLog, type Ownership, type PendingEntry } from "./event-log.ts"
import { decodeEvent } from "./event-codec.ts"
import { InboundNotifications } from "../notifications.ts"

/** Entries in one read. */
export const pageSize = 128
/** A worker polls at this interval, also without a notification. */
const pollInterval = "1 seconds"

/**
 * Decodes a record. Logs and returns `undefined` when it cannot be read: it stays unacknowledged until a release or a key that
 * can read it is there (G5, G36).
 */
export const readRecord = Effect.fnUntraced(function* (
  owner: Ownership,
  record: string
): Effect.fn.Return<InboundEvent | undefined, never, Sealer | Log> {
  const sealer = yield* Sealer
  const event = yield* Effect.option(decodeEvent(sealer, record))
  return event._tag === "Some" ? event.value : yield* unreadable(owner)
})

export const readEvent = (owner: Ownership, entry: PendingEntry) =>
  Effect.map(readRecord(owner, entry.record), (event) => (event === undefined ? undefined : asSent(event, entry)))

const asSent = (event: InboundEvent, { replay, redriven }: PendingEntry): InboundEvent =>
  replay === undefined && redriven === undefined
    ? event
    : { ...event, ...(replay === undefined ? {} : { replay }), ...(redriven === undefined ? {} : { redriven }) }

export const unreadable = ({ partition }: Ownership): Effect.Effect<undefined, never, Log> =>
  Effect.map(Log, (log) => void log.write("error", "dispatch.unreadable", { partition }))

/** Entries that are read page by page, by a position that grows. */
export interface Source<Entry> {
  readonly read: (after: number, limit: number) => Effect.Effect<ReadonlyArray<Entry>, InfraError>
  /** Waits until there may be more entries. */
  readonly more: Effect.Effect<void>
}

/**
 * Passes each entry of a source to `handle`, in order. The next page is read after `handle` has returned. `fresh` is true on
 * the last page: the entry has just come. Never ends.
 */
export const follow = <Entry extends { readonly position: number }, R>(
  { read, more }: Source<Entry>,
  handle: (entry: Entry, fresh: boolean) => Effect.Effect<void, never, R>
): Effect.Effect<never, never, R> =>
  Effect.suspend(() => {
    let after = 0
    const next = Effect.gen(function* () {
      const entries = yield* Effect.catch(read(after, pageSize), () => Effect.as(Effect.sleep(pollInterval), []))
      for (const entry of entries) {
        yield* handle(entry, entries.length < pageSize)
        after = entry.position
      }
      if (entries.length === 0) yield* Effect.timeoutOption(more, pollInterval)
    })
    return Effect.forever(next)
  })

/** Follows the events of a partition that a consumer has not acknowledged. */
export const consume = <R>(
  { partition }: Ownership,
  consumer: Consumer,
  handle: (entry: PendingEntry, fresh: boolean) => Effect.Effect<void, never, R>
): Effect.Effect<never, never, R | EventLog | InboundNotifications> =>
  Effect.gen(function* () {
    const events = yield* EventLog
    const notifications = yield* InboundNotifications
    const read = (after: number, limit: number) => events.pending(partition, consumer, after, limit)
    return yield* follow({ read, more: notifications[consumer].next(partition) }, handle)
  })
