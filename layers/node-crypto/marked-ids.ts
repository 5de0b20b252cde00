import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from "node:crypto"
import { pooled } from "./random.ts"

const block = 16
const batch = 256
const drawn = 12

/**
 * Makes random ids that it can recognise: one AES block each, of 12 random bytes and 4 zero ones, under a key derived
 * from the pepper. It makes 256 in one call, so that one costs almost nothing.
 */
export const markedIds = (pepper: KeyObject) => {
  const key = Buffer.from(hkdfSync("sha256", pepper, "", "comporta marked ids", 32))
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false)
  const random = pooled(drawn)
  const plain = Buffer.alloc(block * batch)
  let made = ""
  let used = 0

  const make = () => {
    for (let at = 0; at < plain.length; at += block) random().copy(plain, at)
    made = cipher.update(plain).toString("hex")
    used = 0
  }

  return {
    /** Returns 32 hex digits. */
    next: (): string => {
      if (used === made.length) make()
      used += 2 * block
      return made.slice(used - 2 * block, used)
    },
    isOurs: (hex: string): boolean => {
      const decipher = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false)
      const opened = decipher.update(Buffer.from(hex, "hex"))
      return opened.length === block && opened.readUInt32BE(drawn) === 0
    }
  }
}
