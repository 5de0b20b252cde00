import * as Redacted from "effect/Redacted"
import type { Secret } from "./secret-store.ts"

/** What is known of one secret. Times in milliseconds of a clock that nobody sets. */
export interface Slot {
  readonly secret: Secret
  /**
   * Since when the version before is one: when its change was seen, else what the store says. A new one may have been written
   * long before it was put there, and one that stays may be dated anew.
   */
  readonly changed: number
  /** Reads in a row that failed. */
  readonly failures: number
}

const same = (a: Redacted.Redacted<string> | undefined, b: Redacted.Redacted<string> | undefined) =>
  a !== undefined && b !== undefined && Redacted.value(a) === Redacted.value(b)

/** `age`: milliseconds since its store says that it was written; 0 where the store does not say. */
export const firstSlot = (secret: Secret, now: number, age: number): Slot => ({
  secret,
  changed: now - age,
  failures: 0
})

/** Another version than the one that is known? */
export const isRotated = (slot: Slot, secret: Secret): boolean => !same(slot.secret.current, secret.current)

/** What is known after another read: where the store forgets the version before, what was seen of it stands in. */
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

/** The current version and, until the overlap of a rotation is over, the one before. */
export const candidatesOf = ({ secret, changed }: Slot, now: number, overlap: number) =>
  secret.previous === undefined || now - changed >= overlap ? [secret.current] : [secret.current, secret.previous]
