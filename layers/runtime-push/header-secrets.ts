import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { PushHeaders } from "../../src/config/config.ts"
import { isHeaderValue } from "../../src/config/headers.ts"
import { SecretUnavailable } from "../../src/secrets/secret-store.ts"
import { type SecretHandle, Secrets } from "../../src/secrets/secrets.ts"

/**
 * Returns the headers with the current version of each secret. Returns `undefined` when one cannot be a header's value.
 */
export type ReadHeaders = () => Readonly<Record<string, string>> | undefined

const valueOf = (handle: SecretHandle) => {
  const value = Redacted.value(handle.current())
  return isHeaderValue(value) ? value : undefined
}

const unusable = (ref: string) =>
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
    if (valueOf(followed) === undefined) return yield* unusable(value.secret)
    secret.push([name, followed])
  }
  const read: ReadHeaders = () => {
    const all = { ...plain }
    for (const [name, followed] of secret) {
      const value = valueOf(followed)
      if (value === undefined) return undefined
      all[name] = value
    }
    return all
  }
  return read
})
