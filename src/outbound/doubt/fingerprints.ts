import type { Likeness, MessageTraits } from "../../connector/proof.ts"
import { fingerprintHashOf, type Sender } from "../../identity/derive.ts"
import type { IdHash } from "../../secrets/id-hash.ts"

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
