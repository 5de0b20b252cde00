import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Accounts } from "../../../src/outbound/accounts/accounts.ts"
import { allowed, acquire, requestOf, contract, look, paused, report, reports, type Subject } from "./subject.ts"

const bad = { health: "bad", code: "timeout" } as const

export const breaking = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "G27 the breaker opens at ten calls of which half failed, and not before",
    Effect.gen(function* () {
      yield* reports(4, { health: "good" })
      assert.deepStrictEqual(yield* reports(5, bad), [])
      yield* allowed()
      const [change] = yield* report(bad)
      if (change?._tag !== "Paused") return assert.fail(change?._tag)
      assert.deepInclude(change.pause, { why: "breaker", code: "timeout" })
      assert.strictEqual((change.pause.until ?? 0) - change.pause.since, 30_000)
      assert.isAbove((yield* paused()).wait, 0)
    })
  )

  test(
    "G27 the breaker counts successful calls of every report, and ignores calls without a health verdict",
    Effect.gen(function* () {
      yield* acquire({ succeeded: 20 })
      yield* report({ ...bad, succeeded: 1 })
      assert.deepStrictEqual(yield* reports(19, bad), [])
      yield* reports(50, { health: "none" })
      assert.isUndefined(yield* look())
      yield* reports(2, bad)
      assert.strictEqual((yield* look())?.why, "breaker")
    })
  )

  test(
    "G27 the breaker ignores calls older than its window",
    Effect.gen(function* () {
      yield* reports(9, bad)
      yield* subject.elapse(120)
      assert.deepStrictEqual(yield* report(bad), [])
    }),
    { window: 60, slices: 3 }
  )

  test(
    "G27 the breaker admits one trial call after its time, and closes when that succeeds",
    Effect.gen(function* () {
      yield* reports(10, bad)
      yield* subject.elapse(20)
      const trialRequest = requestOf()
      const others = [requestOf(), requestOf(), trialRequest]
      assert.deepInclude(yield* allowed(trialRequest), { trial: true })
      for (const other of others) assert.isAbove((yield* paused(other)).wait, 0)
      assert.deepStrictEqual(yield* report({ health: "good" }), [], "a call that had left before")
      yield* paused()
      assert.deepStrictEqual(yield* report({ intentId: trialRequest.intentId, health: "good" }), [
        { _tag: "Resumed", why: "breaker" }
      ])
      yield* allowed()
      assert.deepStrictEqual(yield* reports(4, bad), [], "the window starts anew")
    }),
    { open: 20, tryWithin: 600_000 }
  )

  test(
    "G27 each failed trial call doubles the time to the next one",
    Effect.gen(function* () {
      const [opened] = yield* reports(10, bad)
      yield* subject.elapse(40)
      const trialRequest = requestOf()
      yield* allowed(trialRequest)
      const [again] = yield* report({ ...bad, intentId: trialRequest.intentId })
      if (opened?._tag !== "Paused" || again?._tag !== "Paused") return assert.fail("expected both to pause")
      assert.strictEqual(again.pause.since, opened.pause.since)
      assert.isAtLeast((again.pause.until ?? 0) - again.pause.since, 40 + 2 * 40)
    }),
    { open: 40, tryWithin: 600_000 }
  )

  test(
    "G27 a trial call that ends without a verdict, is refunded or never reports yields to another",
    Effect.gen(function* () {
      const accounts = yield* Accounts
      yield* reports(10, bad)
      yield* subject.elapse(1)
      const silent = requestOf()
      yield* allowed(silent)
      yield* report({ intentId: silent.intentId, health: "none" })
      const needless = requestOf()
      yield* allowed(needless)
      yield* accounts.refund(needless)
      yield* allowed()
      yield* subject.elapse(50)
      yield* allowed()
    }),
    { open: 1, tryWithin: 50 }
  )
}
