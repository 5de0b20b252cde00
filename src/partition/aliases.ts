import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ConversationId } from "../domain/ids.ts"
import type { InfraError } from "../domain/failure.ts"

/** Milliseconds that an alias is kept at least after it was last learned; at most twice as long. */
export const aliasRetention = 90 * 86_400_000

/** Two conversations of one person: what comes under `alias` belongs to `conversation`. */
export interface Alias {
  readonly alias: ConversationId
  readonly conversation: ConversationId
}

/** An event that may be of another conversation than the one that its ids give. */
export interface Asked {
  readonly conversation: ConversationId
  /** The event's id. */
  readonly key: string
}

export interface Answered {
  /** True when the partition of the asked conversation remembers the event: it was admitted there, and stays there. */
  readonly admitted: boolean
  /** The conversation that the asked one is an alias of. */
  readonly conversation?: ConversationId
  /** True when the alias nears its end: learning it again keeps it. */
  readonly old?: true
}

/**
 * Which conversations are of one person. Holds keyed hashes only (G14). An alias lives in the partition of the conversation
 * that it names, beside the dedupe marks of what was admitted before it was learned.
 */
export class Aliases extends Context.Service<
  Aliases,
  {
    /** Durable when it returns. The last one learned for an alias counts. */
    readonly learn: (aliases: ReadonlyArray<Alias>) => Effect.Effect<void, InfraError>
    /** Returns an answer for each, in order. */
    readonly find: (asked: ReadonlyArray<Asked>) => Effect.Effect<ReadonlyArray<Answered>, InfraError>
    /** Returns every conversation that is of the same person as one of these, these included. Reads all aliases. */
    readonly related: (
      conversations: ReadonlyArray<ConversationId>
    ) => Effect.Effect<ReadonlyArray<ConversationId>, InfraError>
    /** Deletes the aliases of these conversations; returns how many there were. */
    readonly forget: (conversations: ReadonlyArray<ConversationId>) => Effect.Effect<number, InfraError>
  }
>()("comporta/partition/Aliases") {}
