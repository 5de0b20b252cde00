import type { Likeness, MessageTraits } from "../../connector/proof.ts"
import { fingerprintHashOf, type Sender } from "../../identity/derive.ts"
import type { IdHash } from "../../secrets/id-hash.ts"

/** By which an intent is found among all, from what its message will look like. What may change is left out. */
export const fingerprintOf = (
  hash: IdHash["Service"],
  sender: Sender,
  { recipient, kind, content, contentMayChange }: MessageTraits
): string => fingerprintHashOf(hash, sender, [recipient, kind, contentMayChange === true ? undefined : content])

/** Every fingerprint that an intent may have which caused what was seen, and what finding it says. */
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
