import { createHash } from "node:crypto"

/** A Lua script as the server knows it: by the SHA-1 of its source. `name` stands in errors. */
export interface Script {
  readonly name: string
  readonly source: string
  readonly sha: string
}

export const defineScript = (name: string, source: string): Script => ({
  name,
  source,
  sha: createHash("sha1").update(source).digest("hex")
})
