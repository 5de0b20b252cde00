import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"

/** Delivery state of an event. */
export type DeliveryState = "pending" | "delivered" | "dead_lettered"

/**
 * Query of a page. `from` and `to` are milliseconds, both inclusive. They limit the time at which the record was admitted,
 * dead-lettered or quarantined.
 */
export interface Range {
  readonly limit: number
  readonly order: "newest" | "oldest"
  /** `next` of an earlier page. */
  readonly cursor?: string
  readonly from?: number
  readonly to?: number
}

export interface EventPage<A> {
  readonly entries: ReadonlyArray<A>
  readonly next?: string
}

/** An event in the store. In a list, `record` lacks its sealed last line: only a single event is read with its content. */
export interface StoredEvent {
  readonly key: string
  /** Time of its admission or its last replay or redrive, in milliseconds of the store's clock. */
  readonly at: number
  readonly state: DeliveryState
  readonly record: string
  /** Its place in the log, for {@link EventRecords.replay}; absent when only its dead letter is left. */
  readonly place?: string
}

export interface StoredLetter {
  /** The event id. For a replay, `.r` and its number follow. */
  readonly id: string
  readonly at: number
  readonly reason: string
  readonly refusals: number
  readonly record: string
}

export interface StoredItem {
  readonly id: string
  readonly at: number
  /** Without its last line when that exceeded the space for quarantine; empty when the first line did, too. */
  readonly record: string
}

/** Result of one replay: its number, or why the event was not replayed. */
export interface Replayed {
  readonly place: string
  readonly replay: number | "pending" | "dead_lettered" | "absent"
}

/** Kind of stored records: the log, dead letters, quarantined items, and answers of the runtime that are not done. */
export type Collection = "log" | "delivered" | "dead" | "quarantine" | "replies"

/** One whole record and its place, for {@link EventRecords.erase}. */
export interface StoredRecord {
  readonly place: string
  readonly record: string
}

/** An operator's access to the event log of all partitions. */
export class EventRecords extends Context.Service<
  EventRecords,
  {
    /** Lists events. A replay is not listed: it is another delivery of its event. */
    readonly events: (range: Range) => Effect.Effect<EventPage<StoredEvent>, InfraError>
    /** Returns `undefined` when the event does not exist or has expired. */
    readonly event: (key: string) => Effect.Effect<(StoredEvent & { readonly replays: number }) | undefined, InfraError>
    /** Returns true while the dedupe mark of an event is kept: it was received, and a further copy is dropped. */
    readonly remembered: (key: string) => Effect.Effect<boolean, InfraError>
    readonly deadLetters: (range: Range) => Effect.Effect<EventPage<StoredLetter>, InfraError>
    readonly deadLetter: (id: string) => Effect.Effect<StoredLetter | undefined, InfraError>
    readonly quarantine: (range: Range) => Effect.Effect<EventPage<StoredItem>, InfraError>
    readonly quarantined: (id: string) => Effect.Effect<StoredItem | undefined, InfraError>
    /** Queues dead letters for delivery, in the given order. Returns the ids that existed. Works in a full store, too (G6). */
    readonly redrive: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, InfraError>
    /** Queues delivered events, each as a new replay (G33). Within a partition the given order is kept. */
    readonly replay: (places: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Replayed>, InfraError>
    /** Deletes a quarantined item, of which `events` events were admitted. Returns `false` when it was not there. */
    readonly removeQuarantined: (id: string, events: number) => Effect.Effect<boolean, InfraError>
    /** Lists a collection, about `limit` records a page. A record that stays throughout is listed at least once. */
    readonly stored: (
      partition: number,
      shelf: Collection,
      limit: number,
      after?: string
    ) => Effect.Effect<{ readonly entries: ReadonlyArray<StoredRecord>; readonly next?: string }, InfraError>
    /**
     * Deletes records. Returns how many existed. A pending event is removed for every consumer and counts as dead-lettered,
     * without a letter. The partition's worker then restarts, so that no event stays in memory.
     */
    readonly erase: (
      partition: number,
      shelf: Collection,
      places: ReadonlyArray<string>
    ) => Effect.Effect<{ readonly erased: number; readonly pending: number }, InfraError>
  }
>()("comporta/inbound/EventRecords") {}

/** Parses `<milliseconds>-<step>-<partition>`, a place in the log and its cursor. Returns `undefined` when it is invalid. */
export const parsePlace = (text: string) => {
  const found = /^(\d{1,15})-(\d{1,15})-(\d{1,4})$/.exec(text)
  if (found === null) return undefined
  const [, at, step, partition] = found.map(Number)
  return at === undefined || step === undefined || partition === undefined ? undefined : { at, step, partition }
}

/** Parses `<milliseconds>-<id>`, the cursor of a dead letter or a quarantined item. Returns `undefined` when it is invalid. */
export const parseCollectionCursor = (text: string) => {
  const found = /^(\d{1,15})-([A-Za-z0-9_.-]{1,80})$/.exec(text)
  return found === null ? undefined : { at: Number(found[1]), id: found[2] ?? "" }
}
