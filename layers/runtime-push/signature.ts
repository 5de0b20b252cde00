import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type HmacSha256, hmacSha256 } from "../node-crypto/hmac.ts"

/**
 * Signs one delivery by the Standard Webhooks scheme. Returns `undefined` when no version of the secret is usable. `at`
 * in seconds.
 */
export type SignDelivery = (id: string, at: number, body: string) => string | undefined

const prefix = "whsec_"

/**
 * Returns the signer of one version of the secret. Returns `undefined` unless it is `whsec_` and the base64 of 24 to 64
 * bytes.
 */
export const signer = (secret: Redacted.Redacted<string>): HmacSha256 | undefined => {
  const value = Redacted.value(secret)
  if (!value.startsWith(prefix)) return undefined
  const key = Result.getOrUndefined(Base64.decode(value.slice(prefix.length)))
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
