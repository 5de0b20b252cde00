import * as Context from "effect/Context"
import type { ConversationId, CorrelationId, EventId, IntentId, QuarantineId } from "../domain/ids.ts"

/**
 * Keyed hashes of ids from outside, under a pepper that never rotates (G14). The same parts give the same value within
 * one deployment. Synchronous: this is the hot path.
 */
export class IdHash extends Context.Service<
  IdHash,
  {
    readonly event: (parts: ReadonlyArray<string>) => EventId
    readonly intent: (parts: ReadonlyArray<string>) => IntentId
    readonly conversation: (parts: ReadonlyArray<string>) => ConversationId
    readonly quarantine: (parts: ReadonlyArray<string>) => QuarantineId
    /** 32 hex digits for any other id from outside: callers' keys, provider message ids. */
    readonly opaque: (parts: ReadonlyArray<string>) => string
    /** A fresh thread id: random, and marked so that it is known again as ours. */
    readonly correlation: () => CorrelationId
    /** A thread id that comes back from outside, where we made it; anything else may hold a person (G14). */
    readonly ownCorrelation: (text: string) => CorrelationId | undefined
  }
>()("comporta/secrets/IdHash") {}
