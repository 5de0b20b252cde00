import * as Effect from "effect/Effect"
import type { Forbidden } from "../../src/boot/store-facts.ts"
import type { InfraError } from "../../src/domain/failure.ts"
import { final, type Primary } from "./connection/connection.ts"
import { markSource } from "./connection/replicated.ts"
import { refusalCode, unexpectedReply } from "./failure.ts"
import { type KeyName, keysOf } from "./keys.ts"
import { definedScripts } from "./scripting/script.ts"

/** Lists the commands that have subcommands, each with a permission of its own. */
const containers: ReadonlySet<string> = new Set(["XINFO"])

/**
 * Lists the commands that the clients send beside those in scripts. A test runs every contract with a user that has
 * these alone.
 */
const ofClients = ["eval", "evalsha", "script|load", "info", "time", "wait"]

/** Lists the commands that the clients send only to a cluster. */
const ofClusters = ["cluster|info", "cluster|slots", "asking"]

/** Lists the commands that the clients send but do not need. When the server refuses them, the gateway knows less. */
const welcome = ["client|setname", "config|get", "quit", "select"]

const called = /(?:\bp?call\(|\bwrite\(|\{)\s*'([A-Z]+)'(?:,\s*'([A-Z]+)')?/g

/** Returns the commands that a script names, such as `hset` or `xinfo|stream`. */
export const commandsIn = (source: string): ReadonlyArray<string> =>
  Array.from(source.matchAll(called), ([, name = "", word]) =>
    (containers.has(name) && word !== undefined ? `${name}|${word}` : name).toLowerCase()
  )

let known: { readonly scripts: number; readonly names: ReadonlyArray<string> } = { scripts: -1, names: [] }

/** Returns the commands of all scripts. Scripts are defined while modules load, and not later. */
const inScripts = (): ReadonlyArray<string> => {
  const scripts = definedScripts()
  if (scripts.size !== known.scripts) {
    const names = [markSource, ...[...scripts.values()].map(({ source }) => source)].flatMap(commandsIn)
    known = { scripts: scripts.size, names: [...new Set(names)] }
  }
  return known.names
}

/** Returns every command that the store's user needs, sorted. */
export const neededCommands = (sharded: boolean): ReadonlyArray<string> =>
  [...new Set([...inScripts(), ...ofClients, ...(sharded ? ofClusters : [])])].toSorted()

/** Returns the line with which an operator creates the store's user, with `PASSWORD` in place of its password. */
export const aclRule = (user: string, prefix: string, sharded: boolean): string => {
  const commands = [...new Set([...neededCommands(sharded), ...welcome])].toSorted()
  return `ACL SETUSER ${user} reset on >PASSWORD ~${prefix}:* -@all ${commands.map((name) => `+${name}`).join(" ")}`
}

/**
 * Tests which commands and keys the calling user may use. It runs on replicas too.
 *
 * ARGV: the number of commands, each command with its arguments as JSON, then keys.
 * Answer: the indexes of the commands that the user may not run, and the first key that the user may not both read and
 * write, or an empty text.
 *
 * A command that the server does not know, or knows by another name, counts as refused. Each command is given all its
 * arguments, because Redis 7.0 crashes when it is asked about a command that lacks its key.
 */
const tryAll = `#!lua flags=no-writes,allow-stale
local refused, count = {}, tonumber(ARGV[1])
local function may(...)
  local known, allowed = pcall(redis.acl_check_cmd, ...)
  return known and allowed
end
for i = 2, count + 1 do
  if not may(unpack(cjson.decode(ARGV[i]))) then refused[#refused + 1] = i - 2 end
end
for i = count + 2, #ARGV do
  if not may('EVAL', '', '1', ARGV[i]) then return { refused, ARGV[i] } end
end
return { refused, '' }
`

const keyless: Readonly<Record<string, ReadonlyArray<string>>> = {
  asking: [],
  info: [],
  time: [],
  wait: ["0", "0"],
  "cluster|info": [],
  "cluster|slots": [],
  "script|load": ["return 1"]
}

const withScript = new Set(["eval", "evalsha"])

/** Returns a command with a key wherever one may be: some commands take only keys as arguments. */
const shapeOf = (name: string, key: string): ReadonlyArray<string> => {
  const words = name.toUpperCase().split("|")
  const own = keyless[name]
  if (own !== undefined) return [...words, ...own]
  return withScript.has(name) ? [...words, "", "1", key] : [...words, key, key, key]
}

const kinds: ReadonlyArray<KeyName> = ["check", "stamp", "log", "counters", "dead:items"]

/** Returns keys of each kind, and of every partition or of at most 64 of them. */
const samples = (prefix: string, partitions: number): ReadonlyArray<string> => {
  const step = Math.max(1, Math.ceil(partitions / 64))
  const chosen = Array.from({ length: Math.ceil(partitions / step) }, (_, at) => at * step)
  return [
    ...kinds.map((kind) => keysOf(prefix, 0).of(kind)),
    keysOf(prefix, 0).marks(0, 0),
    keysOf(prefix, 0).lane("0"),
    ...chosen.map((partition) => keysOf(prefix, partition).of("stamp"))
  ]
}

/** Returns what the user of one server may not do of all that the program needs. Nothing is written. */
export const permissionsFrom = Effect.fnUntraced(function* (
  server: Pick<Primary, "command">,
  { prefix, sharded, partitions }: { readonly prefix: string; readonly sharded: boolean; readonly partitions: number }
): Effect.fn.Return<Forbidden, InfraError> {
  const needed = neededCommands(sharded)
  const key = keysOf(prefix, 0).of("check")
  const shapes = needed.map((name) => JSON.stringify(shapeOf(name, key)))
  const args = [tryAll, 0, needed.length, ...shapes, ...samples(prefix, partitions)]
  const reply = yield* server.command("EVAL", args).pipe(
    Effect.catchIf(
      (error) => refusalCode(error) === "NOPERM",
      () => Effect.succeed("NOPERM")
    ),
    (asked) => final("try commands", asked)
  )
  if (reply === "NOPERM") return { commands: ["eval"] }
  const [refused, refusedKey] = Array.isArray(reply) ? reply : []
  if (!Array.isArray(refused) || typeof refusedKey !== "string") return yield* unexpectedReply("try commands")
  const commands = refused.flatMap((at) => needed[Number(at)] ?? [])
  if (refusedKey === "") return { commands }
  return { commands: commands.filter((name) => name in keyless), key: refusedKey }
})
