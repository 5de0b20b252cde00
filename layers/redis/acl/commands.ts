import { markSource } from "../connection/replicated.ts"
import { definedScripts } from "../scripting/script.ts"

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
