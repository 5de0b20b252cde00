import * as Hex from "effect/encoding/Hex"
import type * as Redacted from "effect/Redacted"
import type { Digest } from "../../../src/connector/inbound.ts"
import type { Json } from "../../../src/domain/json.ts"
import { listOf, objectOf } from "../read-json.ts"

/** A person's message. */
export interface Said {
  readonly from: string
  readonly text: string
}

/** One webhook, ready for any number of deliveries. `kind` names its content, such as `message`. */
export interface Webhook {
  readonly messageId: string
  readonly kind: string
  readonly said?: Said
  /** The provider's id of the account that it concerns. */
  readonly account: string
  readonly secret: Redacted.Redacted<string>
  readonly body: Json
  readonly bytes: Uint8Array
  readonly signature: string
}

const utf8 = new TextEncoder()

const unicodeEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`

/** Writes JSON as the provider does: ASCII only, with lower-case escapes, and `/` escaped (META 1.2). */
export const asciiJson = (value: Json): string =>
  JSON.stringify(value)
    .replace(/[\u007f-\uffff]/g, unicodeEscape)
    .replaceAll("/", "\\/")

export const sign = (bytes: Uint8Array, secret: Redacted.Redacted<string>, digest: Digest): string =>
  `sha256=${Hex.encode(digest.hmacSha256(secret, bytes))}`

export const signedWebhook = (
  about: Pick<Webhook, "messageId" | "kind" | "said" | "account">,
  body: Json,
  secret: Redacted.Redacted<string>,
  digest: Digest
): Webhook => {
  const bytes = utf8.encode(asciiJson(body))
  return { ...about, secret, body, bytes, signature: sign(bytes, secret, digest) }
}

const entriesOf = ({ body }: Webhook) => listOf(objectOf(body)?.["entry"]) ?? []

/** Combines webhooks of one secret into one, with their entries in one list. Returns none when none are given. */
export const together =
  (digest: Digest) =>
  (webhooks: ReadonlyArray<Webhook>): ReadonlyArray<Webhook> =>
    webhooks.slice(0, 1).map(({ account, body, messageId, secret }) => {
      const whole: Json = { ...objectOf(body), entry: webhooks.flatMap(entriesOf) }
      return signedWebhook({ account, messageId, kind: "batch" }, whole, secret, digest)
    })
