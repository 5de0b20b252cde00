import type * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Call } from "../scripting/script.ts"

/** The connection to one primary. */
export interface PrimaryLink {
  /** The name of the primary. */
  readonly name: string
  /** Returns how often its connection was lost. */
  readonly lost: () => number
}

/**
 * Returns `undefined` when the call may go out on this connection; else an effect that ends once it may, or fails. Without an
 * effect a call costs no more than this question.
 */
export type CallPass = (call: Call, line: PrimaryLink) => Effect.Effect<void, InfraError> | undefined

/** Stands before every connection of a store. Everything passes until a watch sets `pass`. */
export interface ConnectionGate {
  pass: CallPass | undefined
  /** Is called on every new connection. */
  onConnection: () => void
}

export const makeGate = (): ConnectionGate => ({ pass: undefined, onConnection: () => undefined })
