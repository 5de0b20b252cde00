import * as Redacted from "effect/Redacted"
import type { Secret } from "./secret-store.ts"

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
