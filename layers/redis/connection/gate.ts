import type * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Call } from "../scripting/script.ts"

/** Names the connection to one primary. */
export interface PrimaryLink {
  /** The name of the primary. */
  readonly name: string
  /** Returns the number of times that its connection was lost. */
  readonly lost: () => number
}

/**
 * Returns `undefined` when the call may go out on this connection; otherwise an effect that succeeds once it may, or
 * fails. Returning no effect keeps the cost of a call to this test.
 */
export type CallPass = (call: Call, line: PrimaryLink) => Effect.Effect<void, InfraError> | undefined

/** Admits calls to every connection of a store. Every call passes until a watch sets `pass`. */
export interface ConnectionGate {
  pass: CallPass | undefined
  /** Runs for every new connection. */
  onConnection: () => void
}

export const makeGate = (): ConnectionGate => ({ pass: undefined, onConnection: () => undefined })
