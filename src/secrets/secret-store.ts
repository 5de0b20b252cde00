import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
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
  /** True when the store answers that it has no such secret. */
  readonly absent?: true
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

/** A secret that exists and cannot be used. `reason` and `remedy` are for the operator and never hold a value. */
export class BadSecret extends Data.TaggedError("BadSecret")<{
  readonly ref: SecretRef
  readonly reason: string
  readonly remedy: string
}> {
  override get message() {
    return `secret ${shownName(this.ref)}: ${this.reason}`
  }
}

/** The `caFile` of the runtime or of the store cannot be read, or holds no usable certificate. */
export class BadAuthority extends Data.TaggedError("BadAuthority")<{
  readonly of: "runtime" | "store"
  readonly caFile: string
  readonly reason: string
  readonly remedy: string
}> {}

/** State of one secret. Times are milliseconds of a monotonic clock. */
export interface Slot {
  readonly secret: Secret
  /**
   * Time at which the previous version was replaced: when the change was seen, else the time that the store states. The
   * store's time of a new version may be long before its deployment, and an unchanged version may get a new date.
   */
  readonly changed: number
  /** Consecutive failed reads. */
  readonly failures: number
}

const same = (a: Redacted.Redacted<string> | undefined, b: Redacted.Redacted<string> | undefined) =>
  a !== undefined && b !== undefined && Redacted.value(a) === Redacted.value(b)

/** Returns the first state. `age`: milliseconds since the store's time of the write; 0 where the store states none. */
export const firstSlot = (secret: Secret, now: number, age: number): Slot => ({
  secret,
  changed: now - age,
  failures: 0
})

/** Returns true when the secret has another version than the known one. */
export const isRotated = (slot: Slot, secret: Secret): boolean => !same(slot.secret.current, secret.current)

/** Returns the state after another read. Keeps the previous version that was seen, where the store no longer has it. */
export const nextSlot = (slot: Slot, secret: Secret, now: number): Slot => {
  if (isRotated(slot, secret)) {
    return { secret: { ...secret, previous: slot.secret.current }, changed: now, failures: 0 }
  }
  const previous = secret.previous ?? slot.secret.previous
  return {
    secret: { ...secret, ...(previous === undefined ? {} : { previous }) },
    changed: slot.changed,
    failures: 0
  }
}

/** Returns the current version and, until the overlap of a rotation ends, the previous one. */
export const candidatesOf = ({ secret, changed }: Slot, now: number, overlap: number) =>
  secret.previous === undefined || now - changed >= overlap ? [secret.current] : [secret.current, secret.previous]
