import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as MemoryLedger from "../../layers/memory/intent-ledger.ts"
import { IntentLedger } from "../../src/outbound/ledger/intent-ledger.ts"
import { archiveEnded } from "../../src/outbound/queue/worker.ts"
import { deployment } from "./harness.ts"

/** Counts the rounds in one minute of a worker that archives so many intents in each. */
const roundsWith = (archived: number) =>
  Effect.gen(function* () {
    let rounds = 0
    const ledger = yield* IntentLedger
    const counting = IntentLedger.of({
      ...ledger,
      archive: () =>
        Effect.sync(() => {
          rounds += 1
          return archived
        })
    })
    yield* Effect.forkChild(Effect.provideService(archiveEnded({ partition: 0, epoch: 1 }), IntentLedger, counting))
    yield* TestClock.adjust("60 seconds")
    return rounds
  }).pipe(Effect.provide(MemoryLedger.layer().pipe(Layer.provide(deployment))))

describe("archiving worker", () => {
  it.effect("G9 the worker archives more often while many intents wait", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* roundsWith(10), 6)
      assert.isAbove(yield* roundsWith(1_000), 20)
    })
  )
})
