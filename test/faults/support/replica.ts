import type { ChildProcess } from "node:child_process"
import { createInterface } from "node:readline"
import { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { deafPort } from "../../support/http.ts"
import { type Installation, launched, type Program } from "../../support/program.ts"
import { recorded } from "../../support/recorded.ts"
import type { How, Order, Step, Told } from "./steps.ts"

/** A gateway's process that stops where a test wants it to. */
export interface Replica extends Program {
  /** Returns once the order stands: the `pass`th time from now, the first unless given, it does as `how` says, `stop` unless given. */
  readonly arm: (step: Step, order?: { readonly pass?: number; readonly how?: How }) => Effect.Effect<void>
  /** Waits until a step that was armed is reached, the `count`th time since the start. */
  readonly reached: (step: Step, count?: number) => Effect.Effect<void>
  /** Whoever is held at the step goes on. */
  readonly letGo: (step: Step) => Effect.Effect<void>
  /** Stops it where it stands, also where it stopped by itself, and lets it go on. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
  /** Kills it as a machine would, and waits until it is gone. */
  readonly kill: Effect.Effect<void>
}

const shipped = fileURLToPath(new URL("entry.ts", import.meta.url))

/** What runs in place of the program as it is shipped: a file that calls `obedient`. */
export interface Played {
  readonly entry?: string
  readonly env?: Readonly<Record<string, string>>
  /** A step that is armed before the program begins, so that it cannot pass unseen. */
  readonly armed?: Step
}

const control = (child: ChildProcess) => {
  const reports = recorded<string>()
  const report = child.stdio[3]
  if (report instanceof Readable) createInterface({ input: report }).on("line", (line) => reports.add(line))
  child.on("error", () => undefined)
  const send = (order: Order) => Effect.sync(() => void (child.connected && child.send(order)))
  const tells = (word: Told, step: Step, count: number) =>
    Effect.asVoid(reports.until((all) => all.filter((line) => line === `${word} ${step}`).length >= count))
  return { send, tells }
}

/** Starts one more replica of an installation, on a port of its own; killed at the end of the scope at the latest. */
export const replica = (installed: Installation, { entry = shipped, env = {}, armed }: Played = {}) =>
  Effect.gen(function* () {
    const port = yield* deafPort
    const { child, program, listens } = yield* launched(installed.file, port, {
      entry,
      env: { PORT: String(port), ...env },
      stdio: ["pipe", "ipc"]
    })
    const { send, tells } = control(child)
    const counted = new Map<Step, number>()
    if (armed !== undefined) yield* send({ order: "arm", step: armed, pass: 1, how: "stop" })
    yield* send({ order: "begin" })
    yield* armed === undefined ? listens : Effect.raceFirst(listens, tells("reached", armed, 1))
    const signal = (name: NodeJS.Signals) => Effect.sync(() => program.signal(name))
    const one: Replica = {
      ...program,
      arm: (step, { pass = 1, how = "stop" } = {}) =>
        Effect.suspend(() => {
          const count = (counted.get(step) ?? 0) + 1
          counted.set(step, count)
          return Effect.andThen(send({ order: "arm", step, pass, how }), tells("armed", step, count))
        }),
      reached: (step, count = 1) => tells("reached", step, count),
      letGo: (step) => send({ order: "let go", step }),
      freeze: signal("SIGSTOP"),
      thaw: signal("SIGCONT"),
      kill: Effect.asVoid(Effect.andThen(signal("SIGKILL"), program.ended))
    }
    return one
  })
