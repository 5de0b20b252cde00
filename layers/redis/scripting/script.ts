import { createHash } from "node:crypto"
import { commitLua } from "./commit.ts"

/** Describes a Lua script. The server knows it by the SHA-1 of its source; errors show its `name`. */
export interface Script {
  readonly name: string
  readonly source: string
  readonly sha: string
  /**
   * True when the first line says `no-writes`, which the server enforces. Replicas need not acknowledge such a script.
   */
  readonly readOnly: boolean
  /** True when its writes may be lost with a primary, so that replicas need not acknowledge them either. */
  readonly fleeting: boolean
  /** True when the script carries a batch already, so that the connection does not hold it back for others. */
  readonly batched: boolean
  /**
   * True when the script begins something and returns `[reply, begun]` (`commit.ts`). If such a write is lost
   * unnoticed, it would be made again (G47).
   */
  readonly begins: boolean
}

/** Describes one run of a script. All its keys share one hash slot. */
export interface Call {
  readonly script: Script
  readonly keys: ReadonlyArray<string>
  readonly args: ReadonlyArray<string | number | Buffer>
  /** True when the node is importing the slot and needs `ASKING` before the command. */
  readonly asking?: boolean
}

const noWrites = /^#!lua\b[^\n]*\bflags=[a-z,-]*\bno-writes\b/
const firstLine = /^#!lua[^\n]*\n/

/** Declares the names that `requireStamp` tests, as `nil`: a reader completes nothing that an earlier script left. */
const reading = "local finish, begins, counted, read\n"

const ending = "local reply = script()\ncommit()\nreturn reply\n"
const endingBegun = `local reply = script()
commit()
if type(reply) == 'table' and reply.err then return reply end
return { reply, begun }
`

const wrap = (source: string, begins: boolean): string => {
  const [header = ""] = firstLine.exec(source) ?? []
  const body = source.slice(header.length)
  if (noWrites.test(source)) return `${header}${reading}${body}`
  const start = `${header}${commitLua}${begins ? "begins = true" : ""}`
  return `${start}\nlocal function script()\n${body}\nend\n${begins ? endingBegun : ending}`
}

const all = new Map<string, Script>()

/** Returns every script that was defined so far, by its name. */
export const definedScripts = (): ReadonlyMap<string, Script> => all

/**
 * Makes a script of its body, which writes with `write` (`commit.ts`). The script does all of it or nothing. If it stops
 * half way, the next script of the partition completes it (G46).
 */
export const defineScript = (
  name: string,
  body: string,
  { fleeting = false, batched = false, begins = false }: Partial<Pick<Script, "fleeting" | "batched" | "begins">> = {}
): Script => {
  const source = wrap(body, begins)
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
