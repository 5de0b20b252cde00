import * as Effect from "effect/Effect"
import type { Forbidden } from "../../../src/boot/store-look.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { final, type Primary } from "../connection/primary.ts"
import { refusalCode, unexpectedReply } from "../failure.ts"
import { type KeyName, keysOf } from "../keys.ts"
import { neededCommands } from "./commands.ts"

/**
 * ARGV: how many commands, each of them with its arguments as JSON; then keys. Answers the places of those commands that the
 * calling user may not run, and the first key that it may not both read and write. A command that the server does not know,
 * or knows by another name, counts as one that it may not run. Runs on replicas too. Every command is given all of its
 * arguments: Redis 7.0 does not survive to be asked about one that lacks its key.
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

/** A command with a key wherever one may be: for some of them every argument is one. */
const shapeOf = (name: string, key: string): ReadonlyArray<string> => {
  const words = name.toUpperCase().split("|")
  const own = keyless[name]
  if (own !== undefined) return [...words, ...own]
  return withScript.has(name) ? [...words, "", "1", key] : [...words, key, key, key]
}

const kinds: ReadonlyArray<KeyName> = ["check", "stamp", "log", "counters", "dead:items"]

/** Keys of every partition, or of 64 of them, and of every sort of name. */
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

/** Asks one server what its user may do of all that the program needs; nothing is written. */
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
