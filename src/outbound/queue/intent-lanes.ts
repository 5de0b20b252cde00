import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"
import type { ConversationId, IntentId } from "../../domain/ids.ts"
import type { Owner } from "../../partition/hold.ts"

export interface LaneEntry {
  readonly lane: ConversationId
  readonly intentId: IntentId
}

/**
 * Whose turn it is among accepted intents: one lane a conversation, kept in the partition of the lane's id, which is not
 * that of its intents. An entry is a turn, no permission: the ledger's claim decides what is performed (G24).
 */
export class IntentLanes extends Context.Service<
  IntentLanes,
  {
    /** Puts each at the end of its lane, in the order given, all of lanes of one partition. What stands there stays where it is. */
    readonly enqueue: (partition: number, entries: ReadonlyArray<LaneEntry>) => Effect.Effect<void, InfraError>
    /** Lanes of a partition that may go on now, the longest due first. */
    readonly due: (partition: number, limit: number) => Effect.Effect<ReadonlyArray<ConversationId>, InfraError>
    /** Takes out what has had its turn, and answers who stands first then; a lane without entries is gone (G30). */
    readonly advance: (
      owner: Owner,
      lane: ConversationId,
      done: IntentId | undefined
    ) => Effect.Effect<{ readonly first: IntentId | undefined } | "stale", InfraError>
    /** The lane is not due before so many milliseconds have passed (G30). */
    readonly postpone: (
      owner: Owner,
      lane: ConversationId,
      millis: number
    ) => Effect.Effect<"written" | "stale", InfraError>
    /** Lanes with entries, of all partitions. */
    readonly open: Effect.Effect<number, InfraError>
  }
>()("comporta/outbound/IntentLanes") {}
