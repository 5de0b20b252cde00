import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Base64 from "effect/encoding/Base64"
import type { PushHeaders } from "../../src/config/config.ts"
import { isHeaderValue } from "../../src/config/values.ts"
import { SecretUnavailable } from "../../src/secrets/secret-store.ts"
import { type SecretHandle, Secrets } from "../../src/secrets/secrets.ts"
import { type HmacSha256, hmacSha256 } from "../node-crypto/hmac.ts"

/**
 * Signs one delivery by the Standard Webhooks scheme. Returns `undefined` when no version of the secret is usable. `at`
 * in seconds.
 */
type SignDelivery = (id: string, at: number, body: string) => string | undefined

const secretPrefix = "whsec_"

/**
 * Returns the signer of one version of the secret. Returns `undefined` unless it is `whsec_` and the base64 of 24 to 64
 * bytes.
 */
export const signer = (secret: Redacted.Redacted<string>): HmacSha256 | undefined => {
  const value = Redacted.value(secret)
  if (!value.startsWith(secretPrefix)) return undefined
  const key = Result.getOrUndefined(Base64.decode(value.slice(secretPrefix.length)))
  if (key === undefined || key.length < 24 || key.length > 64) return undefined
  return hmacSha256(Buffer.from(key))
}

/** Signs with every usable version, the current one first, separated by spaces: the receiver may have either. */
export const makeSign = (versions: () => ReadonlyArray<Redacted.Redacted<string>>): SignDelivery => {
  const known = new WeakMap<Redacted.Redacted<string>, { readonly mac: HmacSha256 | undefined }>()
  const cached = (secret: Redacted.Redacted<string>) => {
    const entry = known.get(secret) ?? { mac: signer(secret) }
    known.set(secret, entry)
    return entry.mac
  }
  return (id, at, body) => {
    const message = Buffer.from(`${id}.${at}.${body}`)
    const signatures: Array<string> = []
    for (const secret of versions()) {
      const mac = cached(secret)
      if (mac !== undefined) signatures.push(`v1,${mac.ofBytes(message).toString("base64")}`)
    }
    return signatures.length === 0 ? undefined : signatures.join(" ")
  }
}

/**
 * Returns the headers with the current version of each secret. Returns `undefined` when one cannot be a header's value.
 */
type ReadHeaders = () => Readonly<Record<string, string>> | undefined

const headerValueOf = (handle: SecretHandle) => {
  const value = Redacted.value(handle.current())
  return isHeaderValue(value) ? value : undefined
}

const notAHeaderValue = (ref: string) =>
  new SecretUnavailable({
    ref,
    reason: "not a header value",
    remedy: "store the whole value of the header: 1 to 8192 printable ASCII characters on one line"
  })

/** Follows the secrets among the headers. Fails when one is missing or cannot be a header's value. */
export const followHeaders = Effect.fnUntraced(function* (headers: PushHeaders) {
  const { handle } = yield* Secrets
  const plain: Record<string, string> = {}
  const secret: Array<readonly [name: string, handle: SecretHandle]> = []
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") {
      plain[name] = value
      continue
    }
    const followed = yield* handle(value.secret)
    if (headerValueOf(followed) === undefined) return yield* notAHeaderValue(value.secret)
    secret.push([name, followed])
  }
  const read: ReadHeaders = () => {
    const all = { ...plain }
    for (const [name, followed] of secret) {
      const value = headerValueOf(followed)
      if (value === undefined) return undefined
      all[name] = value
    }
    return all
  }
  return read
})
