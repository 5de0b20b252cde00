import { writeSync } from "node:fs"
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/**
 * A place on the way: `EventLog.admit before`, `sent` (asked, and not yet answered), `after` (answered, and nobody told yet).
 */
export type Step = `${string}.${string} ${"before" | "sent" | "after"}`

/** `stop`: the whole process stands still, as SIGSTOP has it. `hold`: only who came by waits. */
export type How = "stop" | "hold"

/** What a test tells a replica. `begin` is the first; `pass` counts from 1, beginning when the order comes. */
export type Order =
  | { readonly order: "begin" }
  | { readonly order: "arm"; readonly step: Step; readonly pass: number; readonly how: How }
  | { readonly order: "let go"; readonly step: Step }

/** What a replica tells the test, a line each: the word, a space, the step. */
export type Told = "armed" | "reached"

const reportTo = 3
const tell = (word: Told, step: Step) => void writeSync(reportTo, `${word} ${step}\n`)

const armed = new Map<Step, { left: number; readonly how: How }>()
const waiting = new Map<Step, Array<() => void>>()

export const obey = (given: Order): void => {
  switch (given.order) {
    case "arm":
      armed.set(given.step, { left: given.pass, how: given.how })
      return tell("armed", given.step)
    case "let go":
      for (const resume of waiting.get(given.step) ?? []) resume()
      waiting.delete(given.step)
  }
}

/** A signal to oneself may find another thread first: this one goes no further meanwhile. */
const standStill = () => {
  process.kill(process.pid, "SIGSTOP")
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
}

const pass = (step: Step): Effect.Effect<void> =>
  Effect.suspend(() => {
    const order = armed.get(step)
    if (order === undefined) return Effect.void
    order.left -= 1
    if (order.left > 0) return Effect.void
    armed.delete(step)
    tell("reached", step)
    if (order.how === "stop") return Effect.sync(standStill)
    return Effect.callback<void>((resume) => {
      waiting.set(step, [...(waiting.get(step) ?? []), () => resume(Effect.void)])
    })
  })

const turn = Effect.callback<void>((resume) => {
  const soon = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(soon))
})

/** Two turns of the event loop: what was written in the first is with the kernel in the second. */
const sent = <A, E, R>(step: Step, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    yield* Effect.andThen(turn, turn)
    yield* pass(step)
    return yield* Fiber.join(fiber)
  })

const through = <A, E, R>(name: `${string}.${string}`, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    yield* pass(`${name} before`)
    const answer = yield* armed.has(`${name} sent`) ? sent(`${name} sent`, effect) : effect
    yield* pass(`${name} after`)
    return answer
  })

const isPlain = (answer: unknown): answer is object =>
  typeof answer === "object" && answer !== null && Object.getPrototypeOf(answer) === Object.prototype

const answered = (service: string, operation: string, answer: unknown): unknown => {
  if (Effect.isEffect(answer)) return through(`${service}.${operation}`, answer)
  return isPlain(answer) ? stepped(service, answer) : answer
}

/** The same service, on whose every operation a test can stop the process. */
export const stepped = <Service extends object>(name: string, service: Service): Service =>
  new Proxy(service, {
    get: (target, key, self) => {
      const member: unknown = Reflect.get(target, key, self)
      if (typeof key === "symbol") return member
      if (Effect.isEffect(member)) return through(`${name}.${key}`, member)
      return typeof member === "function"
        ? (...args: ReadonlyArray<unknown>) => answered(name, key, Reflect.apply(member, target, args))
        : member
    }
  })
