import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { AnyOptions } from "../../../layers/redis/client.ts"
import { type Client, conserves } from "../../support/client.ts"
import { becomes } from "../../support/test-bed.ts"
import type { Receiver } from "../../support/receiver.ts"
import { kept } from "./kept.ts"
import { receivedOf, numbers } from "./talk.ts"

/** I8: all that each person said was heard, what was heard first of it in order. */
export const inOrder = (runtime: Receiver, persons: ReadonlyArray<number>, count: number) => {
  assert.lengthOf(runtime.forged.all, 0)
  for (const person of persons) {
    const received = receivedOf(runtime.arrivals.all, person)
    assert.deepStrictEqual(
      [...new Set(received)],
      numbers(count),
      `what was heard of person ${person}: ${received.join()}`
    )
  }
}

/** A repeat came right after what it repeats: the one before is acknowledged in the store before the next is pushed. */
export const repeatsInPlace = (runtime: Receiver, persons: ReadonlyArray<number>) => {
  for (const person of persons) {
    const received = receivedOf(runtime.arrivals.all, person)
    assert.deepStrictEqual(
      received,
      received.toSorted((a, b) => a - b),
      `what was heard of person ${person}`
    )
  }
}

/**
 * I3, once nothing is pending: `events` different ones were admitted, and the numbers of /metrics agree with each other and
 * with what the store really holds. Answers the numbers.
 */
export const conserved = (gateway: Client, at: AnyOptions, events: number) =>
  Effect.gen(function* () {
    const counts = yield* becomes(gateway.counts, ({ pending }) => pending === 0)
    assert.isTrue(conserves(counts), JSON.stringify(counts))
    assert.strictEqual(counts.admitted, events)
    assert.deepStrictEqual(yield* kept(at), {
      log: counts.admitted,
      todo: 0,
      dead: counts.deadLettered,
      quarantine: counts.quarantined,
      refused: 0
    })
    return counts
  })
