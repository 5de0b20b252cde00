import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { maxRefusals } from "../../src/inbound/deliver/deliver.ts"
import { conserved, inOrder, repeatsInPlace } from "./support/proof.ts"
import { scene } from "./support/scene.ts"
import type { Step } from "./support/steps.ts"
import { receivedOf, numbers, saidId, talk } from "./support/talk.ts"

const persons = numbers(5)
const poison = saidId(2, 1)

/** A replica that works every partition is killed at a step of its `pass`th time; the next one goes on. */
const killedAt = (step: Step, pass: number, refused: boolean) =>
  Effect.gen(function* () {
    const { at, runtime, replica } = yield* scene
    const one = yield* replica
    if (refused) runtime.replies(poison, ...Array.from({ length: 3 * maxRefusals }, () => 422))
    yield* one.arm(step, { pass })
    yield* Effect.forkScoped(talk(() => [one], persons, numbers(3)))
    yield* one.reached(step)
    yield* one.kill
    const two = yield* replica
    yield* talk(() => [two], persons, numbers(6))
    const counts = yield* conserved(two, at, persons.length * 6)
    return { runtime, counts }
  })

describe.concurrent("I2 I3 I8 replica killed during delivery", () => {
  it.live.each<readonly [Step, number]>([
    ["EventLog.pending before", 3],
    ["EventLog.pending after", 3],
    ["Runtime.deliver before", 3],
    ["Runtime.deliver sent", 3],
    ["Runtime.deliver after", 3],
    ["EventLog.acknowledge before", 4],
    ["EventLog.acknowledge sent", 4],
    ["EventLog.acknowledge after", 4]
  ])(
    "a replica killed at %s, pass %i, loses and reorders nothing, and repeats at most its delivery in flight",
    ([step, pass]) =>
      Effect.gen(function* () {
        const { runtime, counts } = yield* killedAt(step, pass, false)
        inOrder(runtime, persons, 6)
        repeatsInPlace(runtime, persons)
        assert.strictEqual(counts.deadLettered, 0)
        for (const person of persons) {
          const received = receivedOf(runtime.arrivals.all, person)
          assert.isAtMost(
            received.length - new Set(received).size,
            1,
            `what was heard of person ${person}: ${received.join()}`
          )
        }
      })
  )

  it.live.each<readonly [Step, number]>([
    ["EventLog.refuse before", 2],
    ["EventLog.refuse sent", 2],
    ["EventLog.refuse after", 2],
    ["EventLog.deadLetter before", 1],
    ["EventLog.deadLetter sent", 1],
    ["EventLog.deadLetter after", 1]
  ])("a replica killed at %s, pass %i, counts a refusal at most once and dead-letters one event once", ([step, pass]) =>
    Effect.gen(function* () {
      const { runtime, counts } = yield* killedAt(step, pass, true)
      assert.strictEqual(counts.deadLettered, 1)
      assert.notInclude(runtime.accepted(), poison)
      const refusals = runtime.arrivals.all.filter(({ answered }) => answered === 422)
      assert.isAtLeast(refusals.length, maxRefusals)
      inOrder(
        runtime,
        persons.filter((person) => person !== 2),
        6
      )
      repeatsInPlace(runtime, persons)
      const ofHers = [...new Set(receivedOf(runtime.arrivals.all, 2))]
      assert.deepStrictEqual(ofHers, [0, 2, 3, 4, 5])
    })
  )
})
