import * as Context from "effect/Context"
import type { ConversationId, CorrelationId, EventId, IntentId, QuarantineId } from "../domain/ids.ts"
import type { Pieces } from "../domain/pieces.ts"

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
    /**
     * Returns the value of `quarantine` for these parts and the whole body, read as windows-1252: one character for each
     * byte. A piece hashes a bounded number of bytes.
     */
    readonly quarantineBody: (parts: ReadonlyArray<string>, body: Uint8Array) => Pieces<QuarantineId>
    /** Returns 32 hex digits for any other id from outside: callers' keys, provider message ids. */
    readonly opaque: (parts: ReadonlyArray<string>) => string
    /** Returns a new correlation id: random, and marked so that the gateway recognises it as its own. */
    readonly correlation: () => CorrelationId
    /**
     * Returns a correlation id from outside if the gateway made it. Returns `undefined` for any other text, which may
     * name a person (G14).
     */
    readonly ownCorrelation: (text: string) => CorrelationId | undefined
  }
>()("comporta/secrets/IdHash") {}
