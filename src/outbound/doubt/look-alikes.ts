import type { Likeness, MessageTraits } from "../../connector/proof.ts"
import type { IntentRecord } from "../../domain/intent.ts"
import { fingerprintHashOf, type Sender } from "../../identity/derive.ts"
import type { IdHash } from "../../secrets/id-hash.ts"
import { type LookAlike, proofWindow } from "../ledger/intent-ledger.ts"

/** Returns the fingerprint of an intent: a keyed hash of the traits of its message. Leaves out content that may change. */
export const fingerprintOf = (
  hash: IdHash["Service"],
  sender: Sender,
  { recipient, kind, content, contentMayChange }: MessageTraits
): string => fingerprintHashOf(hash, sender, [recipient, kind, contentMayChange === true ? undefined : content])

/** Returns every fingerprint that an intent may have which caused the message seen, with the likeness that a match proves. */
export const fingerprintsOfSeen = (
  hash: IdHash["Service"],
  sender: Sender,
  seen: ReadonlyArray<MessageTraits>
): ReadonlyMap<string, Likeness> => {
  const found = new Map<string, Likeness>()
  for (const { recipient, kind, content } of seen) {
    const recipients = recipient === undefined ? [undefined] : [recipient, undefined]
    for (const one of recipients) {
      if (kind !== undefined && content !== undefined)
        found.set(fingerprintHashOf(hash, sender, [one, kind, content]), "same")
      if (kind !== undefined) found.set(fingerprintHashOf(hash, sender, [one, kind, undefined]), "maybe")
      found.set(fingerprintHashOf(hash, sender, [one, undefined, undefined]), "maybe")
    }
  }
  return found
}

/**
 * Relation of an attempt to a message that it may have caused. `in_flight`: its call has not ended. `open`: it can be proven.
 * `caused`: it has caused a message of its own, or can no longer be proven. `denied`: an operator resolved it as not sent.
 * `none`: it has certainly caused nothing.
 */
type AttemptState = "in_flight" | "open" | "caused" | "denied" | "none"

/** Resolution of a provider's time in milliseconds: whole seconds. */
const second = 1_000

/** Milliseconds that the provider's clock may be behind the store's: an attempt claimed that soon after may be meant too. */
const clockSlack = 5_000

/** Returns the period in which an attempt was claimed that can have caused a message created then. */
export const claimedFor = (createdAt: number): { readonly from: number; readonly to: number } => ({
  from: createdAt - proofWindow,
  to: createdAt + second - 1 + clockSlack
})

/** Returns true for a message created after the claim, to the second, and within {@link proofWindow} (G20). */
export const isInTime = (createdAt: number, claimedAt: number): boolean =>
  createdAt >= Math.floor(claimedAt / second) * second && createdAt <= claimedAt + proofWindow

const stepsOf = ({ timeline }: IntentRecord, attempt: number) => timeline.filter((step) => step.attempt === attempt)

/** Returns the time at which an operator resolved this attempt as not sent. Returns `undefined` when none did. */
export const deniedAt = (record: IntentRecord, attempt: number): number | undefined =>
  stepsOf(record, attempt).find(({ what }) => what === "resolved:not_sent")?.at

const unprovable = new Set(["forgotten", "receipt_unreadable"])

/** Returns the state of an attempt by the present record of its intent. */
export const stateOfAttempt = ({ record, attempt }: Pick<LookAlike, "record" | "attempt">): AttemptState => {
  // The claim is not written yet, or the record has expired.
  if (record === undefined) return "caused"
  if (attempt > record.attempt) return "none"
  if (attempt < record.attempt || record.state === "failed" || record.state === "accepted") {
    return deniedAt(record, attempt) === undefined ? "none" : "denied"
  }
  if (record.state === "claimed") return "in_flight"
  const isKnown = record.receipt?.messageId !== undefined || record.timeline.some(({ what }) => unprovable.has(what))
  return isKnown ? "caused" : "open"
}
