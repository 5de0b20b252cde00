import { randomBytes, randomFillSync } from "node:crypto"

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
