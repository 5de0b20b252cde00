import { createHash } from "node:crypto"

/** A Lua script as the server knows it: by the SHA-1 of its source. `name` stands in errors. */
export interface Script {
  readonly name: string
  readonly source: string
  readonly sha: string
  /** Its first line says `no-writes`, and the server holds it to that: replicas need not acknowledge it. */
  readonly readOnly: boolean
  /** What it writes may be lost with a primary, so replicas need not acknowledge it either. */
  readonly fleeting: boolean
  /** It carries what was gathered already, and is not held back for others. */
  readonly batched: boolean
}

const noWrites = /^#!lua\b[^\n]*\bflags=[a-z,-]*\bno-writes\b/

export const defineScript = (
  name: string,
  source: string,
  { fleeting = false, batched = false }: Partial<Pick<Script, "fleeting" | "batched">> = {}
): Script => ({
  name,
  source,
  sha: createHash("sha1").update(source).digest("hex"),
  readOnly: noWrites.test(source),
  fleeting,
  batched
})
