import { createSecretKey, type KeyObject, randomBytes, randomFillSync } from "node:crypto"
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

/**
 * Returns a source of `size` random bytes. It draws 256 times as many from the system at once. The returned buffer is
 * valid until the next call.
 */
export const pooled = (size: number): (() => Buffer) => {
  const pool = Buffer.alloc(size * 256)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    used += size
    return pool.subarray(used - size, used)
  }
}

/** Returns 32 random bytes in base64. */
export const randomKey = (): string => randomBytes(32).toString("base64")
