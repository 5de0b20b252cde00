import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Hex from "effect/encoding/Hex"
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
const asciiJson = (value: Json): string =>
  JSON.stringify(value)
    .replace(/[\u007f-\uffff]/g, unicodeEscape)
    .replaceAll("/", "\\/")

const sign = (bytes: Uint8Array, secret: Redacted.Redacted<string>, digest: Digest): string =>
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

const signatures = ["right", "wrong", "missing"] as const
export type Signature = (typeof signatures)[number]

/** Settings for the delivery of webhooks. */
export const Delivering = Schema.Struct({
  /** Factor by which the provider's time is faster than real time between redeliveries. */
  speed: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  signature: Schema.optionalKey(Schema.Literals(signatures))
})
export type Delivering = Required<typeof Delivering.Type>

/** Limits after which a provider gives up, in milliseconds of its own time (META 1.3). */
export interface Patience {
  /** Time after which a webhook that was never answered 200 is dropped. */
  readonly drops: number
  /** Time after which the next failure unsubscribes the app from the account. */
  readonly unsubscribes?: number
}

/** State of the provider's webhooks between an event and its delivery. */
export interface PostOffice {
  readonly delivering: Ref.Ref<Delivering>
  /** `undefined` while no webhooks are held back. */
  readonly held: Ref.Ref<ReadonlyArray<Webhook> | undefined>
  /** Accounts whose webhooks the app does not receive. */
  readonly unsubscribed: Ref.Ref<HashSet.HashSet<string>>
}

export const makePostOffice: Effect.Effect<PostOffice> = Effect.all({
  delivering: Ref.make<Delivering>({ speed: 60, signature: "right" }),
  held: Ref.make<ReadonlyArray<Webhook> | undefined>(undefined),
  unsubscribed: Ref.make(HashSet.empty<string>())
})

export const isSubscribed = ({ unsubscribed }: PostOffice, account: string): Effect.Effect<boolean> =>
  Effect.map(Ref.get(unsubscribed), (all) => !HashSet.has(all, account))
