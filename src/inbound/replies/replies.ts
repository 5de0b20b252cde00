import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"
import type { EventId } from "../../domain/ids.ts"
import type { Ownership, Write } from "../event-log/event-log.ts"

/** One answer of the runtime whose intents are not all performed. `position` grows within a partition. */
export interface PendingReply {
  readonly position: number
  /** Encoded and sealed by `reply-record.ts`. */
  readonly record: string
}

/** What the runtime answered, kept in the slot of the event that it answered (G32). */
export class Replies extends Context.Service<
  Replies,
  {
    /**
     * Acknowledges an event for the runtime and stores its answer, in one write. `answered`: acknowledged, and the answer
     * that was stored first about this event stands, whatever this one says.
     */
    readonly acknowledge: (
      owner: Ownership,
      position: number,
      answer: { readonly eventId: EventId; readonly record: string }
    ) => Effect.Effect<Write | "answered", InfraError>
    /** What is not done after a position, oldest first. */
    readonly pending: (
      partition: number,
      after: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<PendingReply>, InfraError>
    /** Every intent of it has ended, or is in the ledger. */
    readonly done: (owner: Ownership, position: number) => Effect.Effect<Write, InfraError>
    /** Answers that are not done, over all partitions. */
    readonly waiting: Effect.Effect<number, InfraError>
  }
>()("comporta/inbound/Replies") {}
