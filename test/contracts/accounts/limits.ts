import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Accounts } from "../../../src/outbound/accounts/accounts.ts"
import { allowed, acquire, requestOf, contract, pair, report, slow, type Subject, tags } from "./subject.ts"

export const limiting = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)
  const other = "0f".repeat(16)

  test(
    "G25 a limit admits its burst at once and returns how long the next intent waits",
    Effect.gen(function* () {
      assert.deepStrictEqual(tags([yield* acquire({ limits: [slow()] }), yield* acquire({ limits: [slow()] })]), [
        "Allowed",
        "Allowed"
      ])
      const third = yield* acquire({ limits: [slow()] })
      if (third._tag !== "Limited") return assert.fail(third._tag)
      assert.deepInclude(third, { of: "account", begun: false })
      assert.isAbove(third.wait, 0)
      assert.isAtMost(third.wait, 600_000)
    })
  )

  test(
    "G8 a store clock set back by an hour holds no intent longer than one interval",
    Effect.gen(function* () {
      const limits = [slow({ every: 40, burst: 2 }), slow({ ...pair, every: 40, burst: 2 })]
      yield* allowed({ limits })
      yield* subject.setBack(3_600_000)
      const first = yield* acquire({ limits })
      if (first._tag === "Limited") assert.isAtMost(first.wait, 40)
      yield* subject.elapse(41)
      yield* allowed({ limits })
      yield* subject.elapse(80)
      yield* allowed({ limits })
      yield* allowed({ limits })
    })
  )

  test(
    "G25 a limit admits exactly its burst of 50 concurrent intents",
    Effect.gen(function* () {
      const limits = [slow({ burst: 7 })]
      const answers = yield* Effect.forEach(Array.from({ length: 50 }), () => acquire({ limits }), {
        concurrency: "unbounded"
      })
      assert.lengthOf(
        tags(answers).filter((tag) => tag === "Allowed"),
        7
      )
    })
  )

  test(
    "G25 a limit refills with the store's time",
    Effect.gen(function* () {
      const limits = [slow({ every: 40, burst: 1 })]
      yield* allowed({ limits })
      yield* subject.elapse(40)
      yield* allowed({ limits })
    })
  )

  test(
    "G25 each recipient has a limit of its own, and an intent without recipient consumes none of them",
    Effect.gen(function* () {
      const limits = [slow({ ...pair, burst: 1 })]
      yield* allowed({ limits })
      assert.deepInclude(yield* acquire({ limits }), { _tag: "Limited", of: "recipient" })
      yield* allowed({ limits, recipient: other })
      const { recipient: _recipient, ...none } = requestOf({ limits })
      const accounts = yield* Accounts
      assert.strictEqual((yield* accounts.acquire(none))._tag, "Allowed")
      assert.strictEqual((yield* accounts.acquire({ ...none, intentId: requestOf().intentId }))._tag, "Allowed")
    })
  )

  test(
    "G25 an intent consumes from every limit or from none",
    Effect.gen(function* () {
      const limits = [slow({ burst: 2 }), slow({ ...pair, burst: 1 })]
      yield* allowed({ limits })
      for (let again = 0; again < 5; again++) assert.strictEqual((yield* acquire({ limits }))._tag, "Limited")
      yield* allowed({ limits, recipient: other })
      assert.deepInclude(yield* acquire({ limits, recipient: "1e".repeat(16) }), { _tag: "Limited", of: "account" })
    })
  )

  test(
    "G25 an intent consumes a limit once, however often it acquires, even when none is left",
    Effect.gen(function* () {
      const limits = [slow({ burst: 2 })]
      const { intentId } = requestOf()
      assert.isTrue((yield* allowed({ limits, intentId })).paid)
      const answers = yield* Effect.forEach(Array.from({ length: 20 }), () => allowed({ limits, intentId }), {
        concurrency: "unbounded"
      })
      assert.isTrue(answers.every(({ paid }) => !paid))
      yield* allowed({ limits })
      assert.strictEqual((yield* acquire({ limits }))._tag, "Limited")
      assert.isFalse((yield* allowed({ limits, intentId })).paid)
    })
  )

  test(
    "G25 an intent that the provider rejected consumes the limit again on retry",
    Effect.gen(function* () {
      const limits = [slow({ burst: 1 })]
      const { intentId } = requestOf()
      yield* allowed({ limits, intentId })
      yield* report({ intentId, payAgain: true })
      assert.deepInclude(yield* acquire({ limits, intentId }), { _tag: "Limited", begun: false })
    })
  )

  test(
    "G25 a refund returns the token that a repeat consumed, no more, and the next repeat consumes nothing",
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const repeat = requestOf({ limits: [slow({ burst: 2 }), pair] })
      yield* accounts.acquire(repeat)
      yield* accounts.refund(repeat)
      assert.deepInclude(yield* accounts.acquire(repeat), { _tag: "Allowed", paid: false })
      yield* allowed({ limits: repeat.limits })
      yield* allowed({ limits: repeat.limits })
      assert.strictEqual((yield* acquire({ limits: repeat.limits }))._tag, "Limited")
    })
  )

  test(
    "G25 the receipt of a consumed limit expires",
    Effect.gen(function* () {
      const { intentId } = requestOf()
      yield* allowed({ intentId })
      yield* subject.elapse(40)
      assert.isTrue((yield* allowed({ intentId })).paid)
    }),
    { receipt: 30 }
  )
}
