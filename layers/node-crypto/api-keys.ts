import { hash, randomBytes, timingSafeEqual } from "node:crypto"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { SecretReader } from "../../src/connector/channel.ts"
import { ApiKeys, type Client } from "../../src/http/auth/api-keys.ts"

/** Returns a new API key: `cmp_` and 32 random bytes in base64url. */
export const newApiKey = (): Redacted.Redacted<string> => Redacted.make(`cmp_${randomBytes(32).toString("base64url")}`)

const sha256 = (text: string): Buffer => Buffer.from(hash("sha256", text, "binary"), "latin1")

const digests = new WeakMap<Redacted.Redacted<string>, Buffer>()

/** Returns the digest of a key. Caches it for the life of the key. */
const digestOf = (key: Redacted.Redacted<string>): Buffer => {
  const known = digests.get(key)
  if (known !== undefined) return known
  const digest = sha256(Redacted.value(key))
  digests.set(key, digest)
  return digest
}

/**
 * Returns the index of the candidate that was presented, or -1. The time it takes reveals nothing about the candidates.
 */
export const matchApiKey = (presented: string, candidates: ReadonlyArray<Redacted.Redacted<string>>): number => {
  const digest = sha256(presented)
  return candidates.reduce(
    (found, candidate, index) => (timingSafeEqual(digest, digestOf(candidate)) ? index : found),
    -1
  )
}

/** Compares keys in constant time with the current and the previous version of each. */
export const layer = (
  keys: ReadonlyArray<{ readonly client: Client; readonly secret: SecretReader }>
): Layer.Layer<ApiKeys> =>
  Layer.succeed(
    ApiKeys,
    ApiKeys.of({
      clientOf: (presented) => {
        const candidates = keys.flatMap(({ client, secret }) =>
          secret.candidates().map((candidate) => ({ client, candidate }))
        )
        const found = matchApiKey(
          presented,
          candidates.map(({ candidate }) => candidate)
        )
        return candidates[found]?.client
      }
    })
  )
