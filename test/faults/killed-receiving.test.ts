import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { conserved, inOrder, repeatsInPlace } from "./support/proof.ts"
import { scene } from "./support/scene.ts"
import type { Step } from "./support/steps.ts"
import { numbers, redeliver, said, talk } from "./support/talk.ts"

const persons = numbers(6)

/** What the store has of a webhook whose gateway was killed at a step. */
const steps: ReadonlyArray<readonly [Step, string]> = [
  ["EventLog.admit before", "nothing"],
  ["EventLog.admit sent", "perhaps all"],
  ["EventLog.admit after", "all"]
]

describe.concurrent("I2 I3 I8 replica killed during admission", () => {
  it.live.each(steps)(
    "a replica killed at %s leaves %s of the webhook in the store, and the redelivery is admitted once",
    ([step, left]) =>
      Effect.gen(function* () {
        const { at, runtime, replica } = yield* scene
        const [one, two] = [yield* replica, yield* replica]
        yield* talk(() => [one, two], persons, numbers(2))
        yield* one.arm(step)
        const cut = yield* Effect.forkScoped(Effect.exit(one.deliver(said(0, 2, 3))))
        yield* one.reached(step)
        yield* one.kill
        assert.strictEqual((yield* Fiber.join(cut))._tag, "Failure")
        yield* redeliver(() => [two], said(0, 2, 3))
        yield* talk(() => [two], persons.slice(1), numbers(2, 2))
        yield* talk(() => [two], persons, numbers(2, 4))
        const { deduped } = yield* conserved(two, at, persons.length * 6)
        inOrder(runtime, persons, 6)
        repeatsInPlace(runtime, persons)
        if (left === "nothing") assert.strictEqual(deduped, 0)
        else if (left === "all") assert.strictEqual(deduped, 2)
        else assert.include([0, 2], deduped)
      })
  )
})
