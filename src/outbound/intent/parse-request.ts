import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { issuesOf } from "../../connector/capability.ts"
import { PayloadError } from "../../domain/failure.ts"
import { isJsonObject, type Json } from "../../domain/json.ts"

/** The body of `POST /v1/intents`. `input` is the provider's own object under the provider's names. */
export const IntentRequest = Schema.Struct({
  connector: Schema.NonEmptyString.annotate({ description: "Names the connector that sends, such as `whatsapp`." }),
  account: Schema.NonEmptyString.annotate({
    description: "Names the sending account by its alias in the configuration."
  }),
  capability: Schema.NonEmptyString.annotate({
    description: "Names the capability, such as `text`. `GET /v1/connectors` lists those of each connector."
  }),
  to: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description:
        "Names the recipient in the provider's form, such as a phone number. Omit it when the capability has no recipient."
    })
  ),
  input: Schema.Record(Schema.String, Schema.Unknown).annotate({
    description: "Holds the provider's own object under the provider's names. The connector's README lists its limits."
  })
}).annotate({ description: "Describes one intent. The gateway rejects members that are not listed here." })
export type IntentRequest = typeof IntentRequest.Type

const decode = Schema.decodeUnknownResult(IntentRequest, { errors: "all", onExcessProperty: "error" })

const members = new Set(Object.keys(IntentRequest.fields))
const isText = (value: Json | undefined): value is string => typeof value === "string" && value !== ""

/** Parses what the schema accepts, without the cost of its messages. Returns `undefined` for any other body. */
const plainly = (body: Json): IntentRequest | undefined => {
  if (!isJsonObject(body) || !Object.keys(body).every((name) => members.has(name))) return undefined
  const { connector, account, capability, to, input } = body
  if (!isText(connector) || !isText(account) || !isText(capability) || !isJsonObject(input)) return undefined
  if (to === undefined) return { connector, account, capability, input }
  return isText(to) ? { connector, account, capability, to, input } : undefined
}

const carefully = (body: Json): Result.Result<IntentRequest, PayloadError> =>
  Result.mapError(
    decode(body),
    (error) =>
      new PayloadError({
        code: "invalid_request",
        detail: "the body does not match the schema of an intent",
        issues: issuesOf(error.issue, [])
      })
  )

/** Parses the body of an intent. Fails with every issue of the schema. */
export const parseRequest = (body: Json): Result.Result<IntentRequest, PayloadError> => {
  const plain = plainly(body)
  return plain === undefined ? carefully(body) : Result.succeed(plain)
}

/** Pattern of an idempotency key: 1 to 255 printable ASCII characters, not all of them spaces. */
export const idempotencyKey = /^(?=.*[^ ])[\x20-\x7e]{1,255}$/

/** Returns the {@link idempotencyKey} of a header, bare or quoted as in the IETF draft; `undefined` when it is neither. */
export const parseIdempotencyKey = (header: string): string | undefined => {
  const bare = header.startsWith('"') ? unquote(header) : header
  return bare !== undefined && idempotencyKey.test(bare) ? bare : undefined
}

const unquote = (header: string): string | undefined => {
  if (header.length < 2 || header.length > 512 || !header.endsWith('"')) return undefined
  const inside = header.slice(1, -1)
  return /^(?:[^"\\]|\\["\\])*$/.test(inside) ? inside.replaceAll(/\\(["\\])/g, "$1") : undefined
}

/** Returns true when a `Prefer` header requests an answer before the intent is performed (RFC 7240). */
export const prefersAsync = (header: string): boolean => /(?:^|,)\s*respond-async\s*(?:[,;]|$)/i.test(header)
