import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { shownName } from "../domain/shown.ts"

/** A name in the secret store, as the operator's file writes it: `meta/app-secret`. */
export type SecretRef = string

/** One secret: the newest version and, during a rotation, the one before it. */
export interface Secret {
  readonly current: Redacted.Redacted<string>
  readonly previous?: Redacted.Redacted<string>
  /** Name of the current version in the store: a number, a date, an id. Never the value, nor anything derived from it. */
  readonly version?: string
  /** Milliseconds since the epoch at which the current version was created, where the store states it. */
  readonly since?: number
}

/** A secret that cannot be read. `reason` and `remedy` are for the operator and never hold a value. */
export class SecretUnavailable extends Data.TaggedError("SecretUnavailable")<{
  readonly ref: SecretRef
  readonly reason: string
  readonly remedy: string
}> {
  override get message() {
    return `secret ${shownName(this.ref)}: ${this.reason}`
  }
}

export class SecretStore extends Context.Service<
  SecretStore,
  {
    /** Name of the store in the boot report: `files`, `vault`, … */
    readonly kind: string
    /** Reads the newest versions; never answers from a cache. */
    readonly read: (ref: SecretRef) => Effect.Effect<Secret, SecretUnavailable>
  }
>()("comporta/secrets/SecretStore") {}
