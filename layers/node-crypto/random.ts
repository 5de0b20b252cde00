import { randomBytes, randomFillSync } from "node:crypto"

/** Random bytes a few at a time, drawn from the system many at a time. The answer holds only until the next call. */
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

/** 32 random bytes in base64. */
export const randomKey = (): string => randomBytes(32).toString("base64")
