import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** A record that cannot be opened. It stays in the store as an infrastructure failure and is never dropped (G36). */
export class Unreadable extends Data.TaggedError("Unreadable")<{ readonly reason: string }> {}

/**
 * Seals and opens the content of stored records. A sealed text names its method: `0:` plain, `1:<data key>:`
 * AES-256-GCM. Another method can be added, and the old one still read. Synchronous: this is the hot path.
 */
export class Sealer extends Context.Service<
  Sealer,
  {
    readonly kind: "plain" | "aes-256-gcm"
    readonly seal: (text: string) => string
    readonly open: (sealed: string) => Effect.Effect<string, Unreadable>
  }
>()("comporta/secrets/Sealer") {}
