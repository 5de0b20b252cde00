import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { maxRefusals } from "../../src/inbound/deliver/deliver.ts"
import { conserved, inOrder } from "./support/proof.ts"
import { scene } from "./support/scene.ts"
import { receivedOf, numbers, saidId, talk } from "./support/talk.ts"

const persons = numbers(6)

describe("poison event in a busy conversation", () => {
  it.live(
    "I3 I8 a poison event is dead-lettered, delays only its own conversation, and the rest follows in order",
    () =>
      Effect.gen(function* () {
        const { at, runtime, replica } = yield* scene
        const [one, two] = [yield* replica, yield* replica]
        const poison = saidId(0, 5)
        runtime.replies(poison, ...Array.from({ length: 100 }, () => 400))
        yield* talk(() => [one, two], persons, numbers(30))
        yield* runtime.acknowledged((persons.length - 1) * 30 + 5)
        const refused = () => runtime.arrivals.all.filter(({ answered }) => answered === 400).length
        assert.deepStrictEqual(receivedOf(runtime.arrivals.all, 0), numbers(5))
        const counts = yield* conserved(one, at, persons.length * 30)
        assert.strictEqual(counts.deadLettered, 1)
        assert.isAtLeast(refused(), maxRefusals)
        inOrder(runtime, persons.slice(1), 30)
        assert.deepStrictEqual(receivedOf(runtime.arrivals.all, 0), [...numbers(5), ...numbers(24, 6)])
      })
  )
})
