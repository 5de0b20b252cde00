import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../domain/failure.ts"

/** A record that cannot be opened. It stays in the store as an infrastructure failure and is never dropped (G36). */
export class Unreadable extends Data.TaggedError("Unreadable")<{ readonly reason: string }> {}

/**
 * Seals and opens the content of stored records. A sealed text names its method: `0:` plain, `1:<data key>:`
 * AES-256-GCM. Sealed bytes begin with a byte 0 or with a byte 1 and the 4 bytes of the data key's id. Another method can
 * be added, and the old one still read. Synchronous: this is the hot path.
 */
export class Sealer extends Context.Service<
  Sealer,
  {
    readonly kind: "plain" | "aes-256-gcm"
    readonly seal: (text: string) => string
    readonly open: (sealed: string) => Effect.Effect<string, Unreadable>
    /** Seals bytes as bytes, which take a quarter less memory than a sealed text. */
    readonly sealBytes: (bytes: Uint8Array) => Uint8Array
    readonly openBytes: (sealed: Uint8Array) => Effect.Effect<Uint8Array, Unreadable>
  }
>()("comporta/secrets/Sealer") {}

/** A data key, which seals records, in its stored form: itself sealed (G36). */
export interface WrappedKey {
  /** 8 hex digits, random. Sealed texts name it. */
  readonly id: string
  /** The id of the sealing key that wraps it, a colon, and the base64 of the wrapped key. */
  readonly wrapped: string
}

/** The store was sealed, and its data keys are missing. No new key may replace them. */
export class DataKeysGone extends Data.TaggedError("DataKeysGone")<{}> {
  override get message() {
    return "the store was sealed, and its data keys are gone"
  }
}

/** The data keys of the store. The store's content alone reveals none of them. */
export class DataKeys extends Context.Service<
  DataKeys,
  {
    readonly all: Effect.Effect<ReadonlyArray<WrappedKey>, InfraError>
    /**
     * Writes the first key of a store that was never sealed; a store that has keys keeps them. Returns all keys that
     * are there then. Returns none when the store was sealed and its keys are gone.
     */
    readonly first: (key: WrappedKey) => Effect.Effect<ReadonlyArray<WrappedKey>, InfraError>
    /** Replaces the wrapped form of a key if it still equals `from`. */
    readonly rewrap: (id: string, from: string, to: string) => Effect.Effect<void, InfraError>
    /** Writes those of the keys that the store lacks, from a process that still has them. */
    readonly restore: (keys: ReadonlyArray<WrappedKey>) => Effect.Effect<void, InfraError>
  }
>()("comporta/secrets/DataKeys") {}
