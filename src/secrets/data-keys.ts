import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../domain/failure.ts"

/** A key that records are sealed with, as it rests beside them: sealed itself (G36). */
export interface WrappedKey {
  /** 8 hex digits, random: sealed texts name it. */
  readonly id: string
  /** The id of the sealing key that it is wrapped with, a colon, and the base64 of the wrapped key. */
  readonly wrapped: string
}

/** The data keys of the store. Whoever reads the store alone reads none of them. */
export class DataKeys extends Context.Service<
  DataKeys,
  {
    readonly all: Effect.Effect<ReadonlyArray<WrappedKey>, InfraError>
    /** Gives a store without keys its first; one that has keys keeps them. Answers all that are there then. */
    readonly first: (key: WrappedKey) => Effect.Effect<ReadonlyArray<WrappedKey>, InfraError>
    /** Wraps a key anew where it is still wrapped as `from` says. */
    readonly rewrap: (id: string, from: string, to: string) => Effect.Effect<void, InfraError>
  }
>()("comporta/secrets/DataKeys") {}
