import * as Effect from "effect/Effect"
import type * as Latch from "effect/Latch"
import { type Certainty, InfraError } from "../../src/domain/failure.ts"
import type { Journal } from "./journal.ts"

/** Replaces one call. It receives the original call and may run it. */
export type Act = <A>(call: Effect.Effect<A, InfraError>) => Effect.Effect<A, InfraError>

export const infra = (certainty: Certainty, code = "store_unavailable", transient = true) =>
  new InfraError({ code, operation: "a faulty store", certainty, transient })

export const passes: Act = (call) => call
/** Fails the call, which certainly had no effect. */
export const refused =
  (code?: string): Act =>
  () =>
    Effect.fail(infra("not_applied", code))
/** Runs the call, then fails as if its response was lost. */
export const appliedAndLost =
  (code?: string): Act =>
  (call) =>
    Effect.andThen(call, Effect.fail(infra("unknown", code)))
/** Fails without running the call; its outcome is unknown to the caller. */
export const lost =
  (code?: string): Act =>
  () =>
    Effect.fail(infra("unknown", code))
/** Runs the call once the latch is open. */
export const heldBy =
  (latch: Latch.Latch): Act =>
  (call) =>
    Effect.andThen(latch.await, call)
export const silent: Act = () => Effect.never
export const broken: Act = () => Effect.die(new Error("a defect of the store"))

/** The calls and the scripted failures of a faulty service, by operation. */
export interface Faults<Operations> {
  /** The arguments of the calls of each operation, oldest first. */
  readonly calls: { readonly [Op in keyof Operations]: Journal<Operations[Op]> }
  /** Scripts the next calls of an operation, in order. */
  readonly next: (operation: keyof Operations, ...acts: ReadonlyArray<Act>) => void
  /** Scripts every call of an operation that `next` does not script. */
  readonly always: (operation: keyof Operations, act: Act) => void
}

export const faults = <Operations>(calls: Faults<Operations>["calls"]) => {
  const acts = new Map<keyof Operations, Array<Act>>()
  const always = new Map<keyof Operations, Act>()
  const through = <Op extends keyof Operations, A>(
    operation: Op,
    given: Operations[Op],
    call: Effect.Effect<A, InfraError>
  ): Effect.Effect<A, InfraError> =>
    Effect.suspend(() => {
      const act = acts.get(operation)?.shift() ?? always.get(operation) ?? passes
      calls[operation].record(given)
      return act(call)
    })
  const controls: Faults<Operations> = {
    calls,
    next: (operation, ...more) => void acts.set(operation, [...(acts.get(operation) ?? []), ...more]),
    always: (operation, act) => void always.set(operation, act)
  }
  return { controls, through }
}
