import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Accounts } from "../../../src/outbound/accounts/accounts.ts"
import {
  account,
  allowed,
  acquire,
  contract,
  look,
  pair as pairLimit,
  recipient,
  report,
  reports,
  slow,
  type Subject
} from "./subject.ts"

const pair = { hold: { wait: { first: 600, factor: 4, most: 100_000 } }, code: "131056" } as const
const demanded = (millis: number) => ({ hold: { asked: millis }, code: "131056" })

export const holding = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "G27 a hold stops one recipient alone, and consumes no limit",
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* report(pair), [{ _tag: "Held", wait: 600_000 }])
      const limits = [slow({ burst: 1 })]
      const held = yield* acquire({ limits })
      if (held._tag !== "Held") return assert.fail(held._tag)
      assert.isAbove(held.wait, 0)
      assert.isAtMost(held.wait, 600_000)
      assert.isUndefined(yield* look())
      yield* allowed({ limits, recipient: "0f".repeat(16) })
    })
  )

  test(
    "G27 a repeated hold lasts 4^n times as long, and concurrent rejections count as one",
    Effect.gen(function* () {
      yield* report(demanded(20))
      yield* reports(5, { hold: { wait: { first: 0.001, factor: 1, most: 1 } } })
      yield* subject.elapse(20)
      assert.isTrue((yield* allowed()).trial)
      assert.deepStrictEqual(yield* report(pair), [{ _tag: "Held", wait: 2_400_000 }])
    })
  )

  test(
    "a forgotten recipient loses its holds and its consumption of limits",
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const limits = [{ ...pairLimit, burst: 1 }]
      yield* allowed({ limits })
      yield* report(pair)
      const forget = accounts.forget(account, [recipient], ["pair"])
      assert.strictEqual(yield* forget, 2)
      assert.strictEqual(yield* forget, 0)
      assert.isTrue((yield* allowed({ limits })).paid)
    })
  )

  test(
    "G27 a success resets the hold times of a recipient",
    Effect.gen(function* () {
      yield* report(demanded(20))
      yield* subject.elapse(20)
      yield* report({ health: "good" })
      assert.isFalse((yield* allowed()).trial)
      assert.deepStrictEqual(yield* report(pair), [{ _tag: "Held", wait: 600_000 }])
    })
  )

  test(
    "G27 a success of a call that left before the hold does not end the hold",
    Effect.gen(function* () {
      yield* report(pair)
      yield* report({ health: "good" })
      assert.strictEqual((yield* acquire())._tag, "Held")
    })
  )
}
