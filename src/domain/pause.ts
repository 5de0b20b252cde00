import * as Schema from "effect/Schema"

/** Seconds: `first` after one such answer, times `factor` after each further one without a success between, at most `most`. */
export const Wait = Schema.Struct({ first: Schema.Finite, factor: Schema.Finite, most: Schema.Finite })
export type Wait = typeof Wait.Type

/**
 * Why an account is paused (G27). `throttled` and `breaker` end by themselves, `auth` with a new credential or an operator,
 * `policy` and `operator` with an operator alone.
 */
export const PauseReason = Schema.Literals(["breaker", "throttled", "auth", "policy", "operator"])
export type PauseReason = typeof PauseReason.Type

/** What one answer of a provider pauses beside the message itself. */
export const Pauses = Schema.Union([
  Schema.Literal("nothing"),
  Schema.Struct({ of: Schema.Literal("recipient"), wait: Wait }),
  Schema.Struct({ of: Schema.Literal("account"), why: Schema.Literal("throttled"), wait: Wait }),
  Schema.Struct({ of: Schema.Literal("account"), why: Schema.Literals(["auth", "policy"]) })
])
export type Pauses = typeof Pauses.Type

/** Of two pauses the one that lets go later stands. */
export const pauseRank: Readonly<Record<PauseReason, number>> = {
  breaker: 1,
  throttled: 2,
  auth: 3,
  policy: 4,
  operator: 5
}

/** Milliseconds of the n-th wait in a row, from 0. */
export const waitOf = ({ first, factor, most }: Wait, nth: number): number =>
  1_000 * Math.min(most, first * factor ** Math.min(nth, 32))
