import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const says = (expected: string) => ({ message: `expected ${expected}` })

/** Returns a schema of text that a predicate accepts. A mistake says `expected` and never the written value. */
export const textValue = (expected: string, accepts: (value: string) => boolean) =>
  Schema.String.check(Schema.makeFilter(accepts, says(expected)))

const matching = (expected: string, pattern: RegExp) => textValue(expected, (value) => pattern.test(value))

const secretRef = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/

/**
 * Returns true for a name in the secret store, `meta/app-secret`. Such a name cannot leave a directory, and is too
 * short for a token pasted in its place.
 */
export const isSecretRef = (value: string): boolean => value.length <= 100 && secretRef.test(value)
export const SecretRefValue = textValue("the name of a secret, such as meta/app-secret", isSecretRef)

/** Name of a secret that holds who a test person is. Six digits in a row may be the person's own number, which no log may hold. */
export const PersonRefValue = textValue(
  "the name of a secret, such as staging/people/ana, and no number of a person",
  (value) => isSecretRef(value) && !/\d{6}/.test(value)
)

const spanOf = Schema.decodeUnknownOption(Schema.DurationFromString)

const span = (expected: string, most: Duration.Duration, least = Duration.zero) =>
  textValue(expected, (value) =>
    Option.exists(
      spanOf(value),
      (one) =>
        Duration.isFinite(one) &&
        Duration.toMillis(one) > 0 &&
        Duration.isLessThanOrEqualTo(one, most) &&
        Duration.isGreaterThanOrEqualTo(one, least)
    )
  ).pipe(Schema.decodeTo(Schema.DurationFromString))

/** A duration above zero, as a number and a unit: `8 days`. Decoded to a `Duration`. */
export const Span = span("a duration of more than nothing, such as 8 days", Duration.infinity)

/** A duration of at least the hour of statuses that is applied again after a failover (G22). Decoded to a `Duration`. */
export const HourOrMore = span("a duration of at least 1 hour, such as 2 hours", Duration.infinity, Duration.hours(1))

/** Time limit of one delivery to the runtime. Decoded to a `Duration`. */
export const DeliveryTime = span("a duration of at most 120 seconds, such as 30 seconds", Duration.seconds(120))

const number = (expected: string, accepts: (value: number) => boolean) =>
  Schema.Finite.check(Schema.makeFilter(accepts, says(expected)))

export const portExpected = "an integer between 1 and 65535"
export const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65_535
export const defaultPort = 8080
export const Port = number(portExpected, isPort)
export const Count = number("a whole number, 0 or more", (value) => Number.isSafeInteger(value) && value >= 0)
export const Rate = number("a number above 0", (value) => Number.isFinite(value) && value > 0)

export const HostName = matching("a host name or an IP address", /^[A-Za-z0-9.:_-]{1,253}$/)
export const Word = matching(
  "a word of letters, digits, dots, dashes and underscores",
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
)
/** User of Redis' access control list: no blank, no control character. */
export const UserName = matching("a user name without blanks, at most 128 characters", /^[!-~]{1,128}$/)
export const NonEmptyText = matching("some text", /\S/)
export const FilePath = textValue("the path of a file", (value) => value.trim() !== "" && !value.includes("\0"))

const withoutQuery = /^[a-z]+:\/\/[^/@?#\s]+(\/[^?#\s]*)?$/
const withQuery = /^[a-z]+:\/\/[^/@?#\s]+(\/[^?#\s]*)?(\?[^#\s]*)?$/

const urlOf = (expected: string, protocols: ReadonlyArray<string>, form: RegExp) =>
  textValue(expected, (value) => {
    const parsed = URL.parse(value)
    return parsed !== null && protocols.includes(parsed.protocol) && form.test(value)
  })

/** Returns a schema of a URL with one of these protocols, and without user, password, query and fragment. */
const url = (expected: string, protocols: ReadonlyArray<string>) =>
  urlOf(`${expected}, without user info, query or fragment`, protocols, withoutQuery)

export const RedisUrl = url("a url such as redis://host:6379 or rediss://host:6379", ["redis:", "rediss:"])
export const HttpUrl = url("an http or https url", ["http:", "https:"])
/** URL whose query may be a key, as hosts of functions issue one. The query is a secret wherever the URL goes. */
export const PushUrl = urlOf("an http or https url, without user info or fragment", ["http:", "https:"], withQuery)

/** `host:port`, the form in which Sentinel nodes are named. */
export const NodeAddress = textValue("a node as host:port", (value) => {
  const parsed = URL.parse(`redis://${value}`)
  return parsed !== null && parsed.port !== "" && parsed.username === "" && parsed.host === value.toLowerCase()
})

type OneOf<Fields, Keys extends keyof Fields> = {
  [Key in Keys]: Omit<Fields, Keys> & { readonly [K in Key]-?: Exclude<Fields[K], undefined> } & {
    readonly [K in Exclude<Keys, Key>]?: never
  }
}[Keys]

/** Returns a refinement for `Schema.refine`: exactly one of these keys is present. */
export const oneOf =
  <Keys extends string>(...keys: ReadonlyArray<Keys>) =>
  <Fields extends { readonly [Key in Keys]?: unknown }>(fields: Fields): fields is Fields & OneOf<Fields, Keys> =>
    keys.filter((key) => fields[key] !== undefined).length === 1

export const exactlyOne = (keys: string) => says(`exactly one of ${keys}`)
export const unique = Schema.isUnique<string>(says("each of them once"))

const reserved =
  /^(host|connection|transfer-encoding|te|upgrade|expect|trailer|keep-alive|user-agent|content-.*|proxy-.*|webhook-.*)$/i

const isName = (name: string) => /^[A-Za-z0-9][!#$%&'*+.^_`|~0-9A-Za-z-]{0,127}$/.test(name) && !reserved.test(name)

/** Returns true for a header value that every runtime reads alike: 1 to 8,192 printable ASCII characters. */
export const isHeaderValue = (value: string): boolean => /^[!-~]([ -~]{0,8190}[!-~])?$/.test(value)

const expected = "1 to 8192 printable ASCII characters without a blank at either end"

const Value = Schema.Union([textValue(expected, isHeaderValue), Schema.Struct({ secret: SecretRefValue })]).annotate({
  message: `expected ${expected}, or { secret: <the name of a secret> }`
})

const distinct = Schema.makeFilter(
  (headers: Readonly<Record<string, unknown>>) =>
    Object.keys(headers).flatMap((name, index, names) =>
      names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index
        ? [{ path: [name], issue: "expected each header once; upper and lower case are the same" }]
        : []
    ),
  { expected: "each header once" }
)

/** Headers of the operator, sent with each delivery. */
export const Headers = Schema.Record(textValue("a header name that is not reserved", isName), Value)
  .annotate({
    messageUnexpectedKey:
      "expected a header name that Comporta does not set itself; reserved: host, connection, transfer-encoding, te, upgrade, expect, trailer, keep-alive, user-agent, content-*, proxy-*, webhook-*"
  })
  .check(distinct)
