import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"

/** A consumer of events. Each must acknowledge an event before it may expire. */
export type Consumer = "runtime" | "ledger"

/** One item of a webhook, ready to be written. */
export interface NewEntry {
  /** The event id or the quarantine id, by which a duplicate is detected. */
  readonly key: string
  readonly sort: "event" | "quarantine"
  readonly consumers: ReadonlyArray<Consumer>
  /** The encoded record: all of it, or the part that is not sealed when there is a `sealed` part. */
  readonly record: string
  /**
   * Second line of the record. It is joined with the first only when it is written: when it is not encrypted, letters
   * beyond Latin-1 in it would double the width of the first line, too.
   */
  readonly sealed?: string
}

/** Returns the record as it is stored. */
export const wholeRecord = ({ record, sealed }: Pick<NewEntry, "record" | "sealed">): string =>
  sealed === undefined ? record : `${record}\n${sealed}`

/** The entries of one partition. */
export interface LogPart {
  readonly partition: number
  readonly entries: ReadonlyArray<NewEntry>
}

/** Entries that are admitted in one write. */
export interface Batch {
  readonly nonce: string
  /** Each part is of another partition; all partitions are in one {@link EventLog} `shard`. */
  readonly parts: ReadonlyArray<LogPart>
}

export type AdmitOutcome = "admitted" | "deduped" | "quarantined"

/** One event that a consumer has not acknowledged. `position` grows with admission within a partition. */
export interface PendingEntry {
  readonly position: number
  readonly key: string
  readonly record: string
  /** Counted refusals by the runtime. */
  readonly refusals: number
  /** Replay number, from 1; absent for the original delivery (G33). */
  readonly replay?: number
  /** True after an operator redrove its dead letter. It is then out of order (I8). */
  readonly redriven?: true
}

/** The right of a worker to write to a partition. The store refuses it when the partition has a newer owner (G30). */
export interface Ownership {
  readonly partition: number
  readonly epoch: number
}

/** Result of a write. `stale`: the partition has another owner. `absent`: the consumer has acknowledged it already. */
export type Write = "written" | "stale" | "absent"

/**
 * Numbers of events: received = admitted + deduped + quarantined, and admitted = delivered + deadLettered + pending. Only
 * `pending` ever goes down. A redrive, a replay or a release counts as received and admitted again.
 */
export interface Counts {
  readonly received: number
  readonly admitted: number
  readonly deduped: number
  readonly quarantined: number
  readonly delivered: number
  readonly deadLettered: number
  /** Part of `received` that operators sent again. */
  readonly again: number
  /** Entries that the runtime has not acknowledged. They are counted, not computed from the other numbers. */
  readonly pending: number
  /** Partitions for which one of the two equations is false. A partition with an unfinished write does not count. */
  readonly broken: number
}

/** Returns true when the numbers of one partition add up (I3). */
export const conserves = ({
  received,
  admitted,
  deduped,
  quarantined,
  delivered,
  deadLettered,
  pending
}: Omit<Counts, "again" | "broken">): boolean =>
  received === admitted + deduped + quarantined && admitted === delivered + deadLettered + pending

/** The durable record of all received items, and their dedupe marks. Each write also updates the counters (G35). */
export class EventLog extends Context.Service<
  EventLog,
  {
    /**
     * Writes records and dedupe marks atomically, the record first (G5). Returns the outcome of each entry, part after part.
     * The same `nonce` again returns the first result and counts once (G28).
     */
    readonly admit: (batch: Batch) => Effect.Effect<ReadonlyArray<AdmitOutcome>, InfraError>
    /** Returns the shard of a partition. One write can cover the partitions of a shard; on a cluster each is a shard. */
    readonly shardOf: (partition: number) => number
    /** Returns entries that a consumer has not acknowledged, after a position, oldest first. */
    readonly pending: (
      partition: number,
      consumer: Consumer,
      after: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<PendingEntry>, InfraError>
    readonly acknowledge: (owner: Ownership, consumer: Consumer, position: number) => Effect.Effect<Write, InfraError>
    /**
     * Writes that the runtime refused the event for the `count`th time (G33). Returns the refusals so far. The same count
     * again changes nothing.
     */
    readonly refuse: (
      owner: Ownership,
      position: number,
      count: number
    ) => Effect.Effect<number | "stale" | "absent", InfraError>
    /** Turns an event into a dead letter with the reason. The runtime does not receive it until an operator redrives it. */
    readonly deadLetter: (owner: Ownership, position: number, reason: string) => Effect.Effect<Write, InfraError>
    /**
     * Deletes a batch of expired entries: delivered events, dead letters and quarantined items, but never an entry that a
     * consumer has not acknowledged (G31). Returns `more` when there are further expired entries. Returns `filling` when
     * there are none and the store, to stay open, keeps fewer delivered events than its retention says.
     */
    readonly sweep: (owner: Ownership) => Effect.Effect<"done" | "more" | "filling" | "stale", InfraError>
    readonly counts: Effect.Effect<Counts, InfraError>
    /** Fails when the store does not answer. */
    readonly ping: Effect.Effect<void, InfraError>
  }
>()("comporta/inbound/EventLog") {}
