import { createSecretKey, type KeyObject } from "node:crypto"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** A secret that should be a key and is not base64 of 32 bytes, or is not the one that sealed the store. */
export class BadKey extends Data.TaggedError("BadKey")<{
  readonly what: "pepper" | "sealing key" | "sealing key of this store"
}> {
  override get message() {
    return `${this.what}: expected base64 of 32 bytes`
  }
}

const base64Of32Bytes = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/

export const keyFrom = (secret: Redacted.Redacted<string>): KeyObject | undefined =>
  base64Of32Bytes.test(Redacted.value(secret))
    ? createSecretKey(Buffer.from(Redacted.value(secret), "base64"))
    : undefined

export const requireKey = (
  what: BadKey["what"],
  secret: Redacted.Redacted<string>
): Effect.Effect<KeyObject, BadKey> => {
  const key = keyFrom(secret)
  return key === undefined ? Effect.fail(new BadKey({ what })) : Effect.succeed(key)
}
