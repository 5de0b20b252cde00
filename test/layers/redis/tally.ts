import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { defineScript } from "../../../layers/redis/client.ts"
import type { Store } from "./opened.ts"

export const incrementScript = defineScript("increment", `return redis.call('INCR', KEYS[1])`)

export interface Tally {
  readonly done: number
  readonly unknown: number
  readonly notApplied: number
  /** What the last one that was done answered. */
  readonly last: number
}

const none: Tally = { done: 0, unknown: 0, notApplied: 0, last: 0 }

/** One increment after the other, never twice the same, until `enough`. */
export const incrementing = (
  store: Store,
  key: string,
  enough: (tally: Tally) => boolean,
  sofar = none
): Effect.Effect<Tally> =>
  enough(sofar)
    ? Effect.succeed(sofar)
    : Effect.result(store.run(incrementScript, [key], [])).pipe(
        Effect.map((result) => {
          if (Result.isSuccess(result)) return { ...sofar, done: sofar.done + 1, last: Number(result.success) }
          return result.failure.certainty === "unknown"
            ? { ...sofar, unknown: sofar.unknown + 1 }
            : { ...sofar, notApplied: sofar.notApplied + 1 }
        }),
        Effect.flatMap((next) => Effect.delay(incrementing(store, key, enough, next), "5 millis"))
      )

/** No increment was lost that counted, and none ran twice: what is there is those done, and some of the ambiguous. */
export const addsUp = ({ done, unknown }: Tally, found: number) => {
  assert.isAtLeast(found, done)
  assert.isAtMost(found, done + unknown)
}
