import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { InfraError } from "../../../src/domain/failure.ts"
import { newId } from "../../contracts/intent-ledger/subject.ts"
import { cases, type Move } from "./moves.ts"
import { mutants } from "./mutants.ts"
import { play } from "./play.ts"
import { inMemory, inRedis } from "./stages.ts"
import { Broken, type Stage } from "./world.ts"

type Checked = Arbitrary.CheckResult<ReadonlyArray<Move>, Broken | InfraError>

/** Plays so many cases, each on a stage of its own. */
const check = (stage: Effect.Effect<Stage, never, Scope.Scope>, runs: number): Effect.Effect<Checked> =>
  Arbitrary.checkEffect(
    cases(60),
    (moves) =>
      Effect.scoped(
        Effect.as(
          Effect.flatMap(stage, (one) => play(one, newId(), moves)),
          true
        )
      ),
    { runs, size: 60, maxShrinks: 5_000 }
  )

/** The rule that broke and the shortest story that breaks it; nothing where all held. */
const storyOf = (result: Checked): string | undefined => {
  if (result._tag !== "Falsified" || result.failure._tag !== "PropertyError")
    return Arbitrary.formatCheckFailure(result)
  return `${result.failure.error.message}\nReplay: ${result.replay}`
}

const minutes = 60_000
const rules = "I1 I2 I4 G7 G15 G16 G19 G23 G24 G26"

describe("ledger and its model", () => {
  it.live(
    `the rules ${rules} hold in 20000 cases in memory`,
    () => Effect.map(check(inMemory, 20_000), (result) => assert.isUndefined(storyOf(result))),
    3 * minutes
  )

  it.live(
    `the rules ${rules} hold in 1000 cases in Redis`,
    () =>
      Effect.gen(function* () {
        const stage = yield* inRedis
        assert.isUndefined(storyOf(yield* check(stage, 1_000)))
      }),
    3 * minutes
  )

  for (const [name, wrong] of Object.entries(mutants)) {
    it.live(`the model finds the mutation ${name}, and reports it in at most 12 steps`, () =>
      Effect.gen(function* () {
        const stage = Effect.map(inMemory, (right) => ({ ...right, ledger: wrong(right.ledger) }))
        const result = yield* check(stage, 10_000)
        if (result._tag !== "Falsified" || result.failure._tag !== "PropertyError") return assert.fail(result._tag)
        const { error } = result.failure
        if (!(error instanceof Broken)) return assert.fail(error.message)
        assert.isAtMost(error.story.length, 12, error.message)
      })
    )
  }
})
