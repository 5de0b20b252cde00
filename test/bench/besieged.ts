import { existsSync, readFileSync, rmSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { ended, pinned } from "./processes.ts"
import type { OnStage } from "./round.ts"
import { type Turns, turnsFile } from "./servers.ts"

/** What valid webhooks come to at a pace. */
export interface Paced {
  readonly offered: number
  readonly answers: Readonly<Record<string, number>>
  readonly broken: number
  readonly p99: number
}

/** Every attack that `attacker.ts` knows. */
export const attacks = [
  "docs",
  "openapi",
  "metrics",
  "wrong-key",
  "many-junk-items",
  "some-junk-items",
  "slow-bodies"
] as const

export interface Besieged {
  readonly attack: string
  readonly rate: number
  /** Of the valid webhooks that are answered alone, those that are answered beside the attack. */
  readonly ratio: number
  /** Milliseconds that the longest probe waited: alone, and beside the attack. */
  readonly silence: { readonly alone: number; readonly beside: number }
  /** Turns of the server's event loop, measured in it: alone, and beside the attack. */
  readonly turns: { readonly alone: Turns; readonly beside: Turns }
  /** Mebibytes: before the attack, and the highest beside it. */
  readonly memory: { readonly before: number; readonly highest: number }
  /** Of the attack, by status. */
  readonly answers: Readonly<Record<string, number>>
  readonly closed: number
}

const at = (file: string) => fileURLToPath(new URL(file, import.meta.url))

const output = async <A>(command: ReadonlyArray<string>): Promise<A> => {
  const { code, output: text } = await ended(pinned(1, command, "pipe"))
  if (code !== 0) throw new Error(`${command.at(-3)} failed: ${text}`)
  const value: A = JSON.parse(text)
  return value
}

/** Runs beside the load on its processor, and gives way to it: a load that waits would be taken for a server that does. */
const attacking = (attack: string, port: number, seconds: number) =>
  output<{ readonly answers: Record<string, number>; readonly closed: number }>([
    "nice",
    "-n",
    "19",
    process.execPath,
    at("attacker.ts"),
    attack,
    String(port),
    String(seconds)
  ])

const probed = (port: number, seconds: number) =>
  output<{ readonly longest: number }>([process.execPath, at("prober.ts"), String(port), String(seconds)])

const resident = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024

/** The highest of many looks at what a process holds, in mebibytes. */
const watched = (pid: number) => {
  let highest = resident(pid)
  let watching = true
  const look = async (): Promise<void> => {
    highest = Math.max(highest, resident(pid))
    await pause(20)
    return watching ? look() : undefined
  }
  const looking = look()
  return async () => {
    watching = false
    await looking
    return highest
  }
}

/** Returns the turns of the server's event loop since the last call. */
const turnsOf = async ({ pid, folder }: OnStage): Promise<Turns> => {
  const file = turnsFile(folder)
  rmSync(file, { force: true })
  process.kill(pid, "SIGUSR2")
  while (!existsSync(file)) await pause(5)
  const turns: Turns = JSON.parse(readFileSync(file, "utf8"))
  return turns
}

/** The attack begins before what is measured beside it, and ends after it. */
const before = 0.5
const longer = 1.5

/** Valid webhooks alone, and then beside an attack, with a probe each time. */
export const besieged = async (
  server: OnStage,
  attack: (typeof attacks)[number],
  { rate, seconds, paced }: { readonly rate: number; readonly seconds: number; readonly paced: () => Promise<Paced> }
): Promise<Besieged> => {
  const { port, pid } = server
  const both = () => Promise.all([paced(), probed(port, seconds)])
  await turnsOf(server)
  const [alone, quiet] = await both()
  const turnsAlone = await turnsOf(server)
  const held = resident(pid)
  const memory = watched(pid)
  const attacker = attacking(attack, port, seconds + longer)
  await pause(before * 1_000)
  const [beside, loud] = await both()
  const turnsBeside = await turnsOf(server)
  const { answers, closed } = await attacker
  return {
    attack,
    rate,
    ratio: (beside.answers["200"] ?? 0) / (alone.answers["200"] ?? 0),
    silence: { alone: quiet.longest, beside: loud.longest },
    turns: { alone: turnsAlone, beside: turnsBeside },
    memory: { before: held, highest: await memory() },
    answers,
    closed
  }
}

/** Returns how long another process had the processor in the longest turn. */
const notRunning = ({ longest, computed, otherThreads }: Turns) => Math.max(0, longest - computed - otherThreads)

const ms = (millis: number) => `${millis.toFixed(0)} ms`

export const line = ({ attack, ratio, silence, turns, memory, answers, closed }: Besieged): string => {
  const summary = Object.entries(answers).map(([status, count]) => `${count} × ${status}`)
  return (
    `  ${attack.padEnd(16)} ${ratio.toFixed(3)} of the rate without it, longest silence ${silence.beside.toFixed(0)} ms ` +
    `(${silence.alone.toFixed(0)} ms without), longest turn of the server ${ms(turns.beside.longest)} ` +
    `(its thread ${ms(turns.beside.computed)}, its other threads ${ms(turns.beside.otherThreads)}, ` +
    `not running ${ms(notRunning(turns.beside))}; the thread computes at most ${ms(turns.beside.mostComputed)} in a turn, ` +
    `${ms(turns.alone.mostComputed)} without), highest memory ${memory.highest.toFixed(0)} MiB ` +
    `(${memory.before.toFixed(0)} before); ` +
    `answered ${summary.length === 0 ? "nothing" : summary.join(", ")}, ${closed} connections closed`
  )
}

export const holds = ({ ratio, silence, memory }: Besieged): boolean =>
  ratio >= 0.8 && silence.beside < 100 && memory.highest < 300
