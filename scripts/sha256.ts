import { createHash } from "node:crypto"

/** Returns the SHA-256 of a content: `sha256:` and 64 hex digits. */
export const sha256 = (content: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`
