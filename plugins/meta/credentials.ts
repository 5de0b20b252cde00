import * as Redacted from "effect/Redacted"
import * as Hex from "effect/encoding/Hex"
import type { AccountContext } from "../../src/connector/account-context.ts"
import type { Digest } from "../../src/connector/inbound.ts"

const utf8 = new TextEncoder()

interface Known {
  readonly appSecret: Redacted.Redacted<string>
  readonly proof: string
}

const proofs = new WeakMap<Redacted.Redacted<string>, Known>()

/**
 * Returns `appsecret_proof`: lower-case hex of HMAC-SHA256 of the token under the secret of the token's app. Source:
 * META 7. Caches it for the life of the token.
 */
export const appSecretProof = (
  digest: Digest,
  appSecret: Redacted.Redacted<string>,
  token: Redacted.Redacted<string>
): string => {
  const known = proofs.get(token)
  if (known?.appSecret === appSecret) return known.proof
  const proof = Hex.encode(digest.hmacSha256(appSecret, utf8.encode(Redacted.value(token))))
  proofs.set(token, { appSecret, proof })
  return proof
}

/** Returns the credentials of every call for an account: its token, with a proof by the secret of the token's app. */
export const credentialsOf = ({ secret, digest }: Pick<AccountContext<unknown, unknown>, "secret" | "digest">) => {
  const token = secret("accessToken")
  return { token, proof: appSecretProof(digest, secret("appSecret"), token) }
}
