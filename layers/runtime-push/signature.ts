import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { Webhook } from "standardwebhooks"

/** Signs one delivery; `undefined` where no version of the secret is usable. `at` in milliseconds. */
export type Sign = (id: string, at: Date, body: string) => string | undefined

const prefix = "whsec_"

/** The signer of one version of the secret; `undefined` unless it is `whsec_` and the base64 of 24 to 64 bytes. */
export const signer = (secret: Redacted.Redacted<string>): Webhook | undefined => {
  const value = Redacted.value(secret)
  if (!value.startsWith(prefix)) return undefined
  const key = Result.getOrUndefined(Base64.decode(value.slice(prefix.length)))
  if (key === undefined || key.length < 24 || key.length > 64) return undefined
  return new Webhook(key, { format: "raw" })
}

/** Signs with every usable version, the current one first, separated by spaces: the receiver may know either. */
export const makeSign = (versions: () => ReadonlyArray<Redacted.Redacted<string>>): Sign => {
  const known = new WeakMap<Redacted.Redacted<string>, { readonly webhook: Webhook | undefined }>()
  const cached = (secret: Redacted.Redacted<string>) => {
    const entry = known.get(secret) ?? { webhook: signer(secret) }
    known.set(secret, entry)
    return entry.webhook
  }
  return (id, at, body) => {
    const signatures = versions().flatMap((secret) => cached(secret)?.sign(id, at, body) ?? [])
    return signatures.length === 0 ? undefined : signatures.join(" ")
  }
}
