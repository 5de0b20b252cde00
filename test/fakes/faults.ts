import * as Effect from "effect/Effect"
import type * as Latch from "effect/Latch"
import { type Certainty, InfraError } from "../../src/domain/failure.ts"
import type { Journal } from "./journal.ts"

/** What becomes of one call: it is given the call as it would have been. */
export type Act = <A>(call: Effect.Effect<A, InfraError>) => Effect.Effect<A, InfraError>

export const infra = (certainty: Certainty, code = "store_unavailable", transient = true) =>
  new InfraError({ code, operation: "a faulty store", certainty, transient })

export const passes: Act = (call) => call
/** Fails and certainly did nothing. */
export const refused =
  (code?: string): Act =>
  () =>
    Effect.fail(infra("not_applied", code))
/** Took effect, and its answer was lost. */
export const appliedAndLost =
  (code?: string): Act =>
  (call) =>
    Effect.andThen(call, Effect.fail(infra("unknown", code)))
/** Was lost before it took effect; nobody can tell. */
export const lost =
  (code?: string): Act =>
  () =>
    Effect.fail(infra("unknown", code))
/** Waits for the latch before it takes effect. */
export const heldBy =
  (latch: Latch.Latch): Act =>
  (call) =>
    Effect.andThen(latch.await, call)
export const silent: Act = () => Effect.never
export const broken: Act = () => Effect.die(new Error("a defect of the store"))

/** The observable side of a faulty service, an operation each. */
export interface Faults<Operations> {
  /** What the calls of an operation were given, oldest first. */
  readonly calls: { readonly [Op in keyof Operations]: Journal<Operations[Op]> }
  /** What becomes of the next calls of an operation, in order. */
  readonly next: (operation: keyof Operations, ...acts: ReadonlyArray<Act>) => void
  /** What becomes of every call without an act of its own. */
  readonly always: (operation: keyof Operations, act: Act) => void
}

export const faults = <Operations>(calls: Faults<Operations>["calls"]) => {
  const acts = new Map<keyof Operations, Array<Act>>()
  const standing = new Map<keyof Operations, Act>()
  const through = <Op extends keyof Operations, A>(
    operation: Op,
    given: Operations[Op],
    call: Effect.Effect<A, InfraError>
  ): Effect.Effect<A, InfraError> =>
    Effect.suspend(() => {
      const act = acts.get(operation)?.shift() ?? standing.get(operation) ?? passes
      calls[operation].record(given)
      return act(call)
    })
  const told: Faults<Operations> = {
    calls,
    next: (operation, ...more) => void acts.set(operation, [...(acts.get(operation) ?? []), ...more]),
    always: (operation, act) => void standing.set(operation, act)
  }
  return { told, through }
}
