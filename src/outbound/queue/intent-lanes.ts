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
 * Holds the order of accepted intents: one lane for each conversation. A lane is in the partition of its own id, which is not
 * that of its intents. An entry is a position, not a permission: the ledger's claim decides what is performed (G24).
 */
export class IntentLanes extends Context.Service<
  IntentLanes,
  {
    /**
     * Appends each entry to its lane, in the given order. All lanes are of one partition. An entry that is already in its lane
     * keeps its position.
     */
    readonly enqueue: (partition: number, entries: ReadonlyArray<LaneEntry>) => Effect.Effect<void, InfraError>
    /** Returns the lanes of a partition that are due, the longest due first. */
    readonly due: (partition: number, limit: number) => Effect.Effect<ReadonlyArray<ConversationId>, InfraError>
    /** Removes the entry `done`. Returns the first remaining entry; an empty lane is deleted. `stale`: another owner (G30). */
    readonly advance: (
      owner: Owner,
      lane: ConversationId,
      done: IntentId | undefined
    ) => Effect.Effect<{ readonly first: IntentId | undefined } | "stale", InfraError>
    /** Makes the lane due after `millis` milliseconds. `stale`: the partition has another owner (G30). */
    readonly postpone: (
      owner: Owner,
      lane: ConversationId,
      millis: number
    ) => Effect.Effect<"written" | "stale", InfraError>
    /** Number of lanes with entries, of all partitions. */
    readonly open: Effect.Effect<number, InfraError>
  }
>()("comporta/outbound/IntentLanes") {}
