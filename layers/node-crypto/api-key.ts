import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"

/** A new API key: `cmp_` and 32 random bytes in base64url. */
export const newApiKey = (): Redacted.Redacted<string> => Redacted.make(`cmp_${randomBytes(32).toString("base64url")}`)

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest()

/** The index of the candidate that was presented, or -1. The time it takes tells nothing about any of them. */
export const matchApiKey = (presented: string, candidates: ReadonlyArray<Redacted.Redacted<string>>): number => {
  const digest = sha256(presented)
  return candidates.reduce(
    (found, candidate, index) => (timingSafeEqual(digest, sha256(Redacted.value(candidate))) ? index : found),
    -1
  )
}
