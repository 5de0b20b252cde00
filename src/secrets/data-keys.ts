import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../domain/failure.ts"

/** A key that records are sealed with, as it rests beside them: sealed itself (G36). */
export interface WrappedKey {
  /** 8 hex digits, random: sealed texts name it. */
  readonly id: string
  /** The id of the sealing key that it is wrapped with, a colon, and the base64 of the wrapped key. */
  readonly wrapped: string
}

/** The store was sealed, and the data keys that open it are not in it any more: no new one may take their place. */
export class DataKeysGone extends Data.TaggedError("DataKeysGone")<{}> {
  override get message() {
    return "the store was sealed, and its data keys are gone"
  }
}

/** The data keys of the store. Whoever reads the store alone reads none of them. */
export class DataKeys extends Context.Service<
  DataKeys,
  {
    readonly all: Effect.Effect<ReadonlyArray<WrappedKey>, InfraError>
    /**
     * Gives a store that was never sealed its first key; one that has keys keeps them. Returns all that are there then;
     * empty when the store was sealed and its keys are gone.
     */
    readonly first: (key: WrappedKey) => Effect.Effect<ReadonlyArray<WrappedKey>, InfraError>
    /** Wraps a key anew where it is still wrapped as `from` says. */
    readonly rewrap: (id: string, from: string, to: string) => Effect.Effect<void, InfraError>
    /** Writes those of the keys that the store does not have, as a process that still knows them does. */
    readonly restore: (keys: ReadonlyArray<WrappedKey>) => Effect.Effect<void, InfraError>
  }
>()("comporta/secrets/DataKeys") {}
