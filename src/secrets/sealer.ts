import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** A record that cannot be opened: parked as infra, never dropped (G36). */
export class Unreadable extends Data.TaggedError("Unreadable")<{ readonly reason: string }> {}

/**
 * What rests in the store. A sealed text names how it was sealed: `0:` plain, `1:<data key>:` AES-256-GCM; so another way
 * can be added and the old one read. Synchronous: this is the hot path.
 */
export class Sealer extends Context.Service<
  Sealer,
  {
    readonly kind: "plain" | "aes-256-gcm"
    readonly seal: (text: string) => string
    readonly open: (sealed: string) => Effect.Effect<string, Unreadable>
  }
>()("comporta/secrets/Sealer") {}
