import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Certainty } from "../domain/failure.ts"
import { lazyRetry } from "./lazy-retry.ts"

const steady = Schedule.spaced("500 millis")

/** Makes a schedule of exponential delays from `first` up to 2 seconds, each 20 percent more or less. */
export const storeBackoff = (first: Duration.Input): Schedule.Schedule<unknown> =>
  Schedule.min([Schedule.exponential(first), Schedule.spaced("2 seconds")]).pipe(Schedule.jittered)

/**
 * Runs a call of the store until it succeeds: every 500 milliseconds, or as `schedule` says. The call must be idempotent,
 * since a run that failed may have been applied.
 */
export const retryUntilStored = <A, E, R>(
  call: Effect.Effect<A, E, R>,
  schedule: Schedule.Schedule<unknown> = steady
): Effect.Effect<A, never, R> => lazyRetry(call, (again) => Effect.orDie(Effect.retry(again, schedule)))

/**
 * Runs a call once more, at once, when it failed and may have been applied. The call must be idempotent. `again` is the second
 * run where that differs from the first.
 */
export const retryIfUnknown = <A, E extends { readonly certainty: Certainty }, R>(
  call: Effect.Effect<A, E, R>,
  again: () => Effect.Effect<A, E, R> = () => call
): Effect.Effect<A, E, R> => Effect.catchIf(call, ({ certainty }) => certainty === "unknown", again)
