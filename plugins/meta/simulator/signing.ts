import * as Hex from "effect/encoding/Hex"
import type * as Redacted from "effect/Redacted"
import type { Digest } from "../../../src/connector/inbound.ts"
import type { Json } from "../../../src/domain/json.ts"

/** What a person wrote. */
export interface Said {
  readonly from: string
  readonly text: string
}

/** One webhook, ready to be delivered any number of times. `kind` says what it tells, such as `message`. */
export interface Webhook {
  readonly messageId: string
  readonly kind: string
  readonly said?: Said
  readonly bytes: Uint8Array
  readonly signature: string
}

const utf8 = new TextEncoder()

const unicodeEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`

/** JSON as the provider writes it: ASCII alone, with lower-case escapes, and `/` escaped (META 1.2). */
export const asciiJson = (value: Json): string =>
  JSON.stringify(value)
    .replace(/[\u007f-\uffff]/g, unicodeEscape)
    .replaceAll("/", "\\/")

export const sign = (bytes: Uint8Array, secret: Redacted.Redacted<string>, digest: Digest): string =>
  `sha256=${Hex.encode(digest.hmacSha256(secret, bytes))}`

export const signedWebhook = (
  about: Pick<Webhook, "messageId" | "kind" | "said">,
  body: Json,
  secret: Redacted.Redacted<string>,
  digest: Digest
): Webhook => {
  const bytes = utf8.encode(asciiJson(body))
  return { ...about, bytes, signature: sign(bytes, secret, digest) }
}
