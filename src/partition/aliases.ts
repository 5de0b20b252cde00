import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ConversationId } from "../domain/ids.ts"
import type { InfraError } from "../domain/failure.ts"

/** Least milliseconds that an alias stays after it was last learned; it stays at most twice as long. */
export const aliasRetention = 90 * 86_400_000

/** Two conversations of one person: events under `alias` belong to `conversation`. */
export interface Alias {
  readonly alias: ConversationId
  readonly conversation: ConversationId
}

/** An event that may belong to another conversation than its ids give. */
export interface AliasQuestion {
  readonly conversation: ConversationId
  /** The event's id. */
  readonly key: string
}

export interface Answered {
  /**
   * True when the partition of the requested conversation has the event's dedupe mark: the event was admitted there,
   * and stays there.
   */
  readonly admitted: boolean
  /** The conversation that the requested one is an alias of. */
  readonly conversation?: ConversationId
  /** True when the alias is near its expiry. Learning it again extends it. */
  readonly old?: true
}

/**
 * Stores which conversations belong to one person. Holds keyed hashes only (G14). An alias is stored in the partition
 * of the conversation that it names, beside the dedupe marks of events admitted before it was learned.
 */
export class Aliases extends Context.Service<
  Aliases,
  {
    /** Stores aliases durably before it returns. The last one learned for an alias counts. */
    readonly learn: (aliases: ReadonlyArray<Alias>) => Effect.Effect<void, InfraError>
    /** Returns an answer for each, in order. */
    readonly find: (asked: ReadonlyArray<AliasQuestion>) => Effect.Effect<ReadonlyArray<Answered>, InfraError>
    /** Returns every conversation of the same persons, the given ones included. Reads all aliases. */
    readonly related: (
      conversations: ReadonlyArray<ConversationId>
    ) => Effect.Effect<ReadonlyArray<ConversationId>, InfraError>
    /** Deletes the aliases of these conversations. Returns their number. */
    readonly forget: (conversations: ReadonlyArray<ConversationId>) => Effect.Effect<number, InfraError>
  }
>()("comporta/partition/Aliases") {}
