import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  acknowledgeScript,
  deadLetterScript,
  refuseScript
} from "../../layers/redis/event-log/scripts/acknowledge-refuse.ts"
import { askRedis } from "../support/ask-redis.ts"
import { kept } from "./support/kept.ts"
import { conserved, inOrder } from "./support/proof.ts"
import { scene } from "./support/scene.ts"
import { receivedOf, numbers, said, saidId, talk } from "./support/talk.ts"

const persons = numbers(4)

const writes = { acknowledge: acknowledgeScript, refuse: refuseScript, deadLetter: deadLetterScript }
type Written = keyof typeof writes

/**
 * One owner stands still before it writes what became of the first event, until another has taken over and has pushed the
 * same event, which the runtime is thinking about; then it wakes and writes. The server knows the script, so that it has
 * run by the time at which the partition is known to be lost.
 */
const wokenBefore = (write: Written, first: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const { redis, at, runtime, replica } = yield* scene
    const one = yield* replica
    yield* Effect.promise(() => askRedis(redis.port, ["SCRIPT", "LOAD", writes[write].source]))
    const event = saidId(0, 0)
    runtime.replies(event, ...first, "wait")
    yield* one.arm(`EventLog.${write} before`)
    yield* one.deliver(said(0, 0))
    yield* one.reached(`EventLog.${write} before`)
    const two = yield* replica
    yield* runtime.arrivals.until((all) => all.filter(({ providerId }) => providerId === event).length > first.length)
    yield* one.thaw
    yield* one.line("partition.lost")
    return { at, runtime, one, two }
  })

describe.concurrent("G30 owner that wakes after a takeover", () => {
  it.live.each<readonly [string, Written, ReadonlyArray<number>]>([
    ["acknowledges nothing", "acknowledge", [204]],
    ["counts no refusal", "refuse", [422]],
    ["dead-letters nothing", "deadLetter", [422, 422, 422, 422, 422]]
  ])(
    "an owner that wakes after a takeover %s any more, and the event of its successor stays pending",
    ([, write, first]) =>
      Effect.gen(function* () {
        const { at, runtime, one, two } = yield* wokenBefore(write, first)
        assert.deepInclude(yield* two.counts, { admitted: 1, delivered: 0, deadLettered: 0, pending: 1 })
        if (write === "refuse") assert.strictEqual((yield* kept(at)).refused, 0)
        runtime.letGo()
        yield* talk(() => [one, two], persons, numbers(4))
        const counts = yield* conserved(two, at, persons.length * 4)
        assert.strictEqual(counts.deadLettered, 0)
        inOrder(runtime, persons, 4)
      })
  )

  it.live("an owner that wakes after a takeover delivers at most its events in hand, and the order stays", () =>
    Effect.gen(function* () {
      const { at, runtime, replica } = yield* scene
      const one = yield* replica
      yield* one.arm("Runtime.deliver before", { pass: 5 })
      yield* Effect.forkScoped(talk(() => [one], persons, numbers(2)))
      yield* one.reached("Runtime.deliver before")
      const two = yield* replica
      yield* talk(() => [two], persons, numbers(4))
      yield* runtime.acknowledged(persons.length * 4)
      const before = runtime.arrivals.all.length
      yield* one.thaw
      yield* one.line("partition.lost")
      yield* talk(() => [one, two], persons, numbers(6))
      yield* conserved(two, at, persons.length * 6)
      inOrder(runtime, persons, 6)
      const late = runtime.arrivals.all.slice(before).filter(({ providerId }) => Number(providerId.split(".")[2]) < 4)
      assert.isAtMost(late.length, persons.length, "one event in hand a conversation")
      for (const person of persons) assert.isAtLeast(receivedOf(runtime.arrivals.all, person).length, 6)
    })
  )
})
