import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Replica } from "./support/replica.ts"
import { conserved, inOrder, repeatsInPlace } from "./support/proof.ts"
import { scene } from "./support/scene.ts"
import { receivedOf, numbers, talk } from "./support/talk.ts"

const persons = numbers(10)
const restarts = 4

describe("rolling restart under load", () => {
  it.live("I2 I3 I8 two replicas restarted in turn lose and reorder nothing, and each exits with 0", () =>
    Effect.gen(function* () {
      const { at, runtime, replica } = yield* scene
      const there: Array<Replica> = [yield* replica, yield* replica]
      let said = 0
      const talking = yield* Effect.forkScoped(
        Effect.forever(
          Effect.suspend(() => {
            said += 1
            return Effect.uninterruptible(talk(() => there, persons, [said - 1]))
          })
        )
      )
      for (const round of numbers(restarts, 1)) {
        yield* runtime.acknowledged(round * 40)
        const [oldest] = there
        if (oldest === undefined) return assert.fail("nobody is there")
        there.push(yield* replica)
        there.shift()
        oldest.signal("SIGTERM")
        assert.strictEqual((yield* oldest.ended).code, 0)
      }
      yield* Fiber.interrupt(talking)
      const [one] = there
      if (one === undefined) return assert.fail("nobody is there")
      const { deduped } = yield* conserved(one, at, persons.length * said)
      inOrder(runtime, persons, said)
      repeatsInPlace(runtime, persons)
      assert.strictEqual(deduped, 0, "nothing that was answered was asked for again")
      for (const person of persons) {
        const repeats = receivedOf(runtime.arrivals.all, person).length - said
        assert.isAtMost(repeats, restarts, "what was under way when a partition changed hands, and nothing else")
      }
    })
  )
})
