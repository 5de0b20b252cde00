import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"
import type { EventId } from "../../domain/ids.ts"
import type { Ownership, Write } from "../event-log/event-log.ts"

/** One answer of the runtime with intents that are not all performed. `position` grows within a partition. */
export interface PendingReply {
  readonly position: number
  /** Encoded and sealed by `reply-codec.ts`. */
  readonly record: string
}

/** The runtime's answers with intents. Each is stored in the partition of its event (G32). */
export class Replies extends Context.Service<
  Replies,
  {
    /**
     * Acknowledges an event for the runtime and stores its answer, in one write. Returns `answered` when an earlier answer
     * to this event is stored: that one is kept, and this one is ignored.
     */
    readonly acknowledge: (
      owner: Ownership,
      position: number,
      answer: { readonly eventId: EventId; readonly record: string }
    ) => Effect.Effect<Write | "answered", InfraError>
    /** Returns the answers after a position that are not done, oldest first. */
    readonly pending: (
      partition: number,
      after: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<PendingReply>, InfraError>
    /** Deletes an answer. Each of its intents must have ended or be in the ledger. */
    readonly done: (owner: Ownership, position: number) => Effect.Effect<Write, InfraError>
    /** Returns the number of answers that are not done, over all partitions. */
    readonly waiting: Effect.Effect<number, InfraError>
  }
>()("comporta/inbound/Replies") {}
