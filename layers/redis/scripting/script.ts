import { createHash } from "node:crypto"
import { committing } from "./commit.ts"

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
  /** It begins something, and answers `[reply, begun]` (`commit.ts`): a write that is lost unseen would be made again (G47). */
  readonly begins: boolean
}

/** One run of a script. All keys share one hash slot. */
export interface Call {
  readonly script: Script
  readonly keys: ReadonlyArray<string>
  readonly args: ReadonlyArray<string | number | Buffer>
  /** True when the node is importing the slot, and needs `ASKING` before the command. */
  readonly asking?: boolean
}

const noWrites = /^#!lua\b[^\n]*\bflags=[a-z,-]*\bno-writes\b/
const firstLine = /^#!lua[^\n]*\n/

/** A reader completes nothing that an earlier script left. */
const reading = "local finish, begins, counted\n"

const ending = "local reply = script()\ncommit()\nreturn reply\n"
const endingBegun = `local reply = script()
commit()
if type(reply) == 'table' and reply.err then return reply end
return { reply, countsBegun() }
`

const around = (source: string, begins: boolean): string => {
  const [header = ""] = firstLine.exec(source) ?? []
  const body = source.slice(header.length)
  if (noWrites.test(source)) return `${header}${reading}${body}`
  const start = `${header}${committing}${begins ? "begins = true" : ""}`
  return `${start}\nlocal function script()\n${body}\nend\n${begins ? endingBegun : ending}`
}

const all = new Map<string, Script>()

/** Returns every script that was defined so far, by its name. */
export const definedScripts = (): ReadonlyMap<string, Script> => all

/**
 * Makes a script of its body. A body that writes does it by `write` (`commit.ts`): then the script does all of it or, until
 * the next script completes it, none that does harm (G46).
 */
export const defineScript = (
  name: string,
  body: string,
  { fleeting = false, batched = false, begins = false }: Partial<Pick<Script, "fleeting" | "batched" | "begins">> = {}
): Script => {
  const source = around(body, begins)
  const script: Script = {
    name,
    source,
    sha: createHash("sha1").update(source).digest("hex"),
    readOnly: noWrites.test(source),
    fleeting,
    batched,
    begins
  }
  all.set(name, script)
  return script
}
