import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import type { Digest } from "../../src/connector/inbound.ts"

export const digest: Digest = {
  hmacSha256: (key, message) => createHmac("sha256", Redacted.value(key)).update(message).digest(),
  equals: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  sha256: () => {
    const sum = createHash("sha256")
    return { add: (piece) => void sum.update(piece), hex: () => sum.digest("hex") }
  }
}
