import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import type { Digest } from "../../src/connector/inbound.ts"

const utf8 = new TextEncoder()

/** `appsecret_proof`: lower-case hex of HMAC-SHA256 of the token under the secret of the token's app. Source: META 7. */
export const appSecretProof = (
  digest: Digest,
  appSecret: Redacted.Redacted<string>,
  token: Redacted.Redacted<string>
): string => Hex.encode(digest.hmacSha256(appSecret, utf8.encode(Redacted.value(token))))
