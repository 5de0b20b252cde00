import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"

/** How far the runtime is with an event. */
export type DeliveryState = "pending" | "delivered" | "dead_lettered"

/** `from` and `to` are times of admission, of dead-lettering or of quarantine: milliseconds, both included. */
export interface Range {
  readonly limit: number
  readonly order: "newest" | "oldest"
  /** What an earlier page gave as `next`. */
  readonly cursor?: string
  readonly from?: number
  readonly to?: number
}

export interface EventPage<A> {
  readonly entries: ReadonlyArray<A>
  readonly next?: string
}

/** In a list `record` is without its last line, which rests sealed: content is given of a single one only. */
export interface StoredEvent {
  readonly key: string
  /** Milliseconds of the store's clock: when it was admitted, or sent again. */
  readonly at: number
  readonly standing: DeliveryState
  readonly record: string
  /** Where it stands in the log, for {@link EventRecords.replay}; absent where only its dead letter is left. */
  readonly place?: string
}

export interface StoredLetter {
  /** The event's id; of a replay, with `.r` and its number. */
  readonly id: string
  readonly at: number
  readonly reason: string
  readonly refusals: number
  readonly record: string
}

export interface StoredItem {
  readonly id: string
  readonly at: number
  /** Without its last line where it did not fit any more, and empty where not even the first did. */
  readonly record: string
}

/** What became of one entry that was to be replayed: its number, or why it was not. */
export interface Replayed {
  readonly place: string
  readonly replay: number | "pending" | "dead_lettered" | "absent"
}

/** Where records rest: the log, dead letters, quarantined items, and answers of the runtime that are not performed. */
export type Collection = "log" | "dead" | "quarantine" | "replies"

/** One record as it rests, whole, and where: for {@link EventRecords.erase}. */
export interface StoredRecord {
  readonly place: string
  readonly record: string
}

/** What an operator sees of the event log, and what he does to it. Over all partitions. */
export class EventRecords extends Context.Service<
  EventRecords,
  {
    /** Replays are not in it: they are their event, sent again. */
    readonly events: (range: Range) => Effect.Effect<EventPage<StoredEvent>, InfraError>
    /** `undefined` where it was never there, or has had its time. */
    readonly event: (key: string) => Effect.Effect<(StoredEvent & { readonly replays: number }) | undefined, InfraError>
    readonly deadLetters: (range: Range) => Effect.Effect<EventPage<StoredLetter>, InfraError>
    readonly deadLetter: (id: string) => Effect.Effect<StoredLetter | undefined, InfraError>
    readonly quarantine: (range: Range) => Effect.Effect<EventPage<StoredItem>, InfraError>
    readonly quarantined: (id: string) => Effect.Effect<StoredItem | undefined, InfraError>
    /** Sends dead letters again, in the order given, and answers those that there were. Runs in a full store too (G6). */
    readonly redrive: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, InfraError>
    /** Sends delivered events again, each as a replay of its own (G33), in the order given within a partition. */
    readonly replay: (places: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Replayed>, InfraError>
    /** Takes an item out of quarantine once so many events of it have been admitted; `false` where it was not there. */
    readonly takeOut: (id: string, events: number) => Effect.Effect<boolean, InfraError>
    /** All that rests on one shelf of a partition, some `limit` at a time; what rests there throughout comes at least once. */
    readonly resting: (
      partition: number,
      shelf: Collection,
      limit: number,
      after?: string
    ) => Effect.Effect<{ readonly entries: ReadonlyArray<StoredRecord>; readonly next?: string }, InfraError>
    /**
     * Takes records away for good, and answers how many were there. An event that was pending is taken from every consumer
     * and counts as dead-lettered, with no letter; then the partition begins afresh, so that nobody holds it in memory.
     */
    readonly erase: (
      partition: number,
      shelf: Collection,
      places: ReadonlyArray<string>
    ) => Effect.Effect<{ readonly erased: number; readonly pending: number }, InfraError>
  }
>()("comporta/inbound/EventRecords") {}

/** `<milliseconds>-<step>-<partition>`: a place in the log of a partition, and the cursor behind it. */
export const parsePlace = (text: string) => {
  const found = /^(\d{1,15})-(\d{1,15})-(\d{1,4})$/.exec(text)
  if (found === null) return undefined
  const [, at, step, partition] = found.map(Number)
  return at === undefined || step === undefined || partition === undefined ? undefined : { at, step, partition }
}

/** `<milliseconds>-<id>`: the cursor behind a dead letter or a quarantined item. */
export const shelfPlaceOf = (text: string) => {
  const found = /^(\d{1,15})-([A-Za-z0-9_.-]{1,80})$/.exec(text)
  return found === null ? undefined : { at: Number(found[1]), id: found[2] ?? "" }
}
