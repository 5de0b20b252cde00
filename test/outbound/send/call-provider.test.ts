import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { body, harness, mark, recordOf, submit } from "../harness.ts"
import { noAnswer, notConnected, Provider, sent, status } from "../provider.ts"

const patiently = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("4 seconds")
    return yield* Fiber.join(fiber)
  })

const defective = (defect: string, capability = "post") => body({ capability, input: { text: "hello", defect } })

describe("provider calls", () => {
  it.effect("G16 a call that would start too late is released, and the caller may retry the same key", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.connects((nth) => (nth === 1 ? Effect.sleep("5 seconds") : Effect.void))
      const fiber = yield* Effect.forkChild(submit("k1"))
      yield* provider.attempts.reach(1)
      yield* TestClock.adjust("5 seconds")
      const late = yield* Fiber.join(fiber)
      assert.strictEqual(provider.sent.all.length, 0)
      assert.strictEqual(provider.attempts.all.length, 1)
      assert.deepStrictEqual([late.outcome, late.state, late.failure?.certainty], ["failed", "failed", "not_applied"])
      assert.isTrue(late.safeNewKey)
      assert.strictEqual((yield* submit("k1")).outcome, "sent")
      assert.strictEqual(provider.sent.all.length, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a call that certainly did not leave is retried within one claim", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.connects((nth) => (nth <= 2 ? notConnected : Effect.void))
      const answer = yield* patiently(submit("k1"))
      assert.strictEqual(answer.outcome, "sent")
      assert.strictEqual(provider.attempts.all.length, 3)
      assert.strictEqual(provider.sent.all.length, 1)
      assert.strictEqual((yield* recordOf(answer.intentId)).attempt, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a call to an unreachable provider is attempted four times and no more", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.connects(() => notConnected)
      const answer = yield* patiently(submit("k1"))
      assert.strictEqual(provider.attempts.all.length, 4)
      assert.deepStrictEqual([answer.state, answer.failure?.class], ["failed", "InfraError"])
    }).pipe(Effect.provide(harness))
  )

  for (const code of [400, 429]) {
    it.effect(`a provider rejection (${code}) is not retried within one claim`, () =>
      Effect.gen(function* () {
        const provider = yield* Provider
        provider.respondsWith(() => status(code))
        const answer = yield* patiently(submit("k1"))
        assert.strictEqual(provider.sent.all.length, 1)
        assert.deepStrictEqual([answer.outcome, answer.failure?.class], ["failed", "ProviderError"])
      }).pipe(Effect.provide(harness))
    )
  }

  for (const capability of ["post", "poke"]) {
    for (const [name, end] of [
      ["no answer", noAnswer],
      ["500", status(500)]
    ] as const) {
      it.effect(
        `G19 ${name} to a capability that does not commute (${capability}) leaves a doubt without another call`,
        () =>
          Effect.gen(function* () {
            const provider = yield* Provider
            provider.respondsWith(() => end)
            const answer = yield* patiently(submit("k1", body({ capability })))
            assert.deepStrictEqual([answer.outcome, answer.state, answer.safeNewKey], ["in_doubt", "in_doubt", false])
            const again = yield* patiently(submit("k1", body({ capability })))
            assert.deepStrictEqual([again.outcome, again.state, again.safeNewKey], ["deduped", "in_doubt", false])
            assert.strictEqual(provider.attempts.all.length, 1)
          }).pipe(Effect.provide(harness))
      )
    }
  }

  it.effect("G21 a call of a commuting capability is repeated after an unknown outcome, within its limit", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.respondsWith((nth) => (nth === 1 ? noAnswer : sent()))
      assert.strictEqual((yield* patiently(submit("k1", mark))).outcome, "sent")
      assert.strictEqual(provider.sent.all.length, 2)
      provider.respondsWith(() => noAnswer)
      const answer = yield* patiently(submit("k2", mark))
      assert.strictEqual(provider.sent.all.length, 2 + 3)
      assert.deepStrictEqual([answer.state, answer.safeNewKey], ["in_doubt", false])
    }).pipe(Effect.provide(harness))
  )

  it.effect("an unknown outcome stays unknown when the next attempt did not leave", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.respondsWith(() => noAnswer)
      provider.connects((nth) => (nth === 1 ? Effect.void : notConnected))
      const answer = yield* patiently(submit("k1", mark))
      assert.strictEqual(provider.sent.all.length, 1)
      assert.strictEqual(answer.failure?.certainty, "unknown")
      assert.strictEqual(answer.state, "in_doubt")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a connector that dies before its request left certainly had no effect", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const answer = yield* patiently(submit("k1", defective("before")))
      assert.strictEqual(provider.attempts.all.length, 0)
      assert.deepStrictEqual([answer.state, answer.failure?.class], ["failed", "InfraError"])
      assert.strictEqual(answer.failure?.certainty, "not_applied")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a connector that throws before its request left certainly had no effect", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const answer = yield* patiently(submit("k1", defective("thrown")))
      assert.strictEqual(provider.attempts.all.length, 0)
      assert.deepStrictEqual([answer.state, answer.failure?.certainty], ["failed", "not_applied"])
    }).pipe(Effect.provide(harness))
  )

  it.effect("a connector that dies after its request left leaves a doubt, and is not called again", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const answer = yield* patiently(submit("k1", defective("after")))
      assert.strictEqual(provider.sent.all.length, 1)
      assert.deepStrictEqual([answer.state, answer.failure?.certainty], ["in_doubt", "unknown"])
      yield* patiently(submit("k1", defective("after")))
      assert.strictEqual(provider.sent.all.length, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a connector whose second request came too late leaves a doubt about its first", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.connects((nth) => (nth === 2 ? Effect.sleep("5 seconds") : Effect.void))
      const fiber = yield* Effect.forkChild(submit("k1", defective("between")))
      yield* provider.attempts.reach(2)
      yield* TestClock.adjust("5 seconds")
      const answer = yield* Fiber.join(fiber)
      assert.strictEqual(provider.sent.all.length, 1)
      assert.deepStrictEqual([answer.state, answer.failure?.certainty], ["in_doubt", "unknown"])
    }).pipe(Effect.provide(harness))
  )
})
