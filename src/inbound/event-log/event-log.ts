import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"

/** Who must have acknowledged an event before it may go. */
export type Consumer = "runtime" | "ledger"

/** One item of a webhook, ready to be written. */
export interface NewEntry {
  /** The event id, or the quarantine id: what a duplicate is told by. */
  readonly key: string
  readonly sort: "event" | "quarantine"
  readonly consumers: ReadonlyArray<Consumer>
  /** Encoded and sealed by `record.ts`: all of it, or what stands in the open where the rest is `sealed`. */
  readonly record: string
  /**
   * What follows behind a line break. Apart until it is written: where it is not really sealed and holds letters beyond Latin-1,
   * what stands in the open would be copied as wide as it.
   */
  readonly sealed?: string
}

/** As it stands in the store. */
export const wholeRecord = ({ record, sealed }: Pick<NewEntry, "record" | "sealed">): string =>
  sealed === undefined ? record : `${record}\n${sealed}`

/** The entries of one partition. */
export interface LogPart {
  readonly partition: number
  readonly entries: ReadonlyArray<NewEntry>
}

/** What is admitted in one write. */
export interface Batch {
  readonly nonce: string
  /** Each of another partition, and all of one {@link EventLog} `shard`. */
  readonly parts: ReadonlyArray<LogPart>
}

export type AdmitOutcome = "admitted" | "deduped" | "quarantined"

/** One event that a consumer has not acknowledged. `position` grows with admission within a partition. */
export interface PendingEntry {
  readonly position: number
  readonly key: string
  readonly record: string
  /** How often the runtime has refused it. */
  readonly refusals: number
  /** The how manieth replay of its event this is; absent where it is the event itself (G33). */
  readonly replay?: number
  /** An operator sent it again after it had been dead-lettered: out of its order (I8). */
  readonly redriven?: true
}

/** Who acts on a partition: refused when another has taken it over since (G30). */
export interface Ownership {
  readonly partition: number
  readonly epoch: number
}

/** `stale`: the partition has another owner. `absent`: this consumer had acknowledged it already. */
export type Write = "written" | "stale" | "absent"

/**
 * received = admitted + deduped + quarantined, and admitted = delivered + deadLettered + pending; none but `pending` ever
 * goes down. What an operator sends in again (redrive, replay, release) is received and admitted again.
 */
export interface Counts {
  readonly received: number
  readonly admitted: number
  readonly deduped: number
  readonly quarantined: number
  readonly delivered: number
  readonly deadLettered: number
  /** Of those received, what operators sent in again. */
  readonly again: number
  /** Entries that the runtime has not acknowledged, counted where they wait and not computed from the others. */
  readonly pending: number
  /** Partitions in which one of the two equations does not hold. A partition with an unfinished write is not among them. */
  readonly broken: number
}

/** Whether the numbers of one partition add up (I3). */
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

/** The durable record of all that came in, and its dedupe marks. Counters live in the writes that make them true (G35). */
export class EventLog extends Context.Service<
  EventLog,
  {
    /**
     * One atomic write: records and dedupe marks together, the record first (G5). Answers entry by entry, part after part.
     * The same `nonce` again gives the first answer and counts once (G28).
     */
    readonly admit: (batch: Batch) => Effect.Effect<ReadonlyArray<AdmitOutcome>, InfraError>
    /** Partitions of one shard can be written together; on a cluster each is one. */
    readonly shardOf: (partition: number) => number
    /** What a consumer has not acknowledged, after a position, oldest first. */
    readonly pending: (
      partition: number,
      consumer: Consumer,
      after: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<PendingEntry>, InfraError>
    readonly acknowledge: (owner: Ownership, consumer: Consumer, position: number) => Effect.Effect<Write, InfraError>
    /**
     * Notes that the runtime refused that very event for the `count`th time (G33); answers the refusals so far. The same
     * count again changes nothing.
     */
    readonly refuse: (
      owner: Ownership,
      position: number,
      count: number
    ) => Effect.Effect<number | "stale" | "absent", InfraError>
    /** Takes an event out of the runtime's way, with the reason, for a person to look at. */
    readonly deadLetter: (owner: Ownership, position: number, reason: string) => Effect.Effect<Write, InfraError>
    /**
     * Takes away some of what has had its time: delivered events, dead letters, quarantined items; never what a consumer
     * waits for (G31). `more`: there is more to take away. `filling`: there is not, and the store keeps fewer delivered events
     * than its retention says, so that it stays open.
     */
    readonly sweep: (owner: Ownership) => Effect.Effect<"done" | "more" | "filling" | "stale", InfraError>
    readonly counts: Effect.Effect<Counts, InfraError>
    /** Fails when the store does not answer. */
    readonly ping: Effect.Effect<void, InfraError>
  }
>()("comporta/inbound/EventLog") {}
