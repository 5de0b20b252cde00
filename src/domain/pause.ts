import * as Schema from "effect/Schema"

/**
 * Waiting times in seconds: `first` after one failure, multiplied by `factor` after each further one without a success
 * between, at most `most`.
 */
export const Wait = Schema.Struct({ first: Schema.Finite, factor: Schema.Finite, most: Schema.Finite })
export type Wait = typeof Wait.Type

/**
 * The reason why an account is paused (G27). `throttled` and `breaker` end by themselves. `auth` ends with a new credential or
 * by an operator, `policy` and `operator` only by an operator.
 */
export const PauseReason = Schema.Literals(["breaker", "throttled", "auth", "policy", "operator"]).annotate({
  description:
    "Reason of the pause: `breaker` (half of the calls failed), `throttled` (the provider asked for a delay), `auth` (the provider refused the credential), `policy` (the provider restricts the account) or `operator`. Absent when the account is not paused."
})
export type PauseReason = typeof PauseReason.Type

/** The scope that one answer of a provider pauses, beside the message itself. */
export const Pauses = Schema.Union([
  Schema.Literal("nothing"),
  Schema.Struct({ of: Schema.Literal("recipient"), wait: Wait }),
  Schema.Struct({ of: Schema.Literal("account"), why: Schema.Literal("throttled"), wait: Wait }),
  Schema.Struct({ of: Schema.Literal("account"), why: Schema.Literals(["auth", "policy"]) })
])
export type Pauses = typeof Pauses.Type

/** Rank of each reason: of two pauses, the higher one stays, since it lasts longer. */
export const pauseRank: Readonly<Record<PauseReason, number>> = {
  breaker: 1,
  throttled: 2,
  auth: 3,
  policy: 4,
  operator: 5
}

/** Returns the milliseconds of the n-th wait in a row, from 0. */
export const waitOf = ({ first, factor, most }: Wait, nth: number): number =>
  1_000 * Math.min(most, first * factor ** Math.min(nth, 32))
