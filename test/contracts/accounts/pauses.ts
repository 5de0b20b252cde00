import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Accounts } from "../../../src/outbound/accounts/accounts.ts"
import {
  allowed,
  acquire,
  requestOf,
  contract,
  look,
  paused,
  ref,
  report,
  reports,
  slow,
  type Subject
} from "./subject.ts"

const hour = 3_600_000
const throttled = (asked: number) => ({ pause: { why: "throttled", long: { asked } }, code: "4" }) as const
const bySource = (first: number) =>
  ({ pause: { why: "throttled", long: { wait: { first, factor: 2, most: 7_200 } } }, code: "4" }) as const

export const pausing = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "G27 an account without reports is not paused",
    Effect.gen(function* () {
      assert.isUndefined(yield* look())
      assert.deepInclude(yield* acquire(), { _tag: "Allowed", trial: false })
    })
  )

  test(
    "G27 a throttle pauses the account as long as the provider demands, and consumes no limit",
    Effect.gen(function* () {
      const [change, ...others] = yield* report(throttled(hour))
      assert.deepStrictEqual(others, [])
      if (change?._tag !== "Paused") return assert.fail(change?._tag)
      assert.deepInclude(change.pause, { why: "throttled", code: "4" })
      assert.strictEqual((change.pause.until ?? 0) - change.pause.since, hour)
      assert.deepStrictEqual(yield* look(), change.pause)
      const { pause, wait, begun } = yield* paused({ limits: [slow({ burst: 1 })] })
      assert.deepStrictEqual(pause, change.pause)
      assert.isAbove(wait, 0)
      assert.isAtMost(wait, hour)
      assert.isFalse(begun)
      yield* Accounts.use((accounts) => accounts.resume(ref))
      yield* allowed({ limits: [slow({ burst: 1 })] })
    })
  )

  test(
    "G27 a throttle ends by itself, reports its end once, and makes the next call a trial",
    Effect.gen(function* () {
      yield* report(throttled(30))
      yield* subject.elapse(30)
      assert.isUndefined(yield* look())
      assert.deepInclude(yield* allowed(), { resumed: "throttled", trial: true })
      assert.notProperty(yield* allowed(), "resumed")
      yield* report({ health: "good" })
      assert.isFalse((yield* allowed()).trial)
    })
  )

  test(
    "G27 a repeated throttle lasts longer, and a success between resets it",
    Effect.gen(function* () {
      const waits: Array<number> = []
      const go = Effect.fnUntraced(function* () {
        const [change] = yield* report(bySource(600))
        if (change?._tag !== "Paused") return assert.fail(change?._tag)
        waits.push((change.pause.until ?? 0) - change.pause.since)
      })
      yield* report(throttled(10))
      yield* subject.elapse(10)
      yield* allowed()
      yield* go()
      yield* Accounts.use((accounts) => accounts.resume(ref))
      yield* go()
      assert.deepStrictEqual(waits, [1_200_000, 600_000])
    })
  )

  test(
    "G27 concurrent throttled calls do not lengthen the pause by their number",
    Effect.gen(function* () {
      const changes = yield* reports(20, bySource(600))
      assert.lengthOf(changes, 1)
      const until = (yield* look())?.until ?? 0
      yield* report(throttled(2 * hour))
      assert.isAbove((yield* look())?.until ?? 0, until)
      yield* report(throttled(1))
      assert.isAbove((yield* look())?.until ?? 0, until)
    })
  )

  test(
    "G27 a bad credential pauses the account until it has another credential",
    Effect.gen(function* () {
      const changes = yield* reports(3, { pause: { why: "auth" }, code: "190" })
      assert.lengthOf(changes, 1)
      const { pause, wait } = yield* paused()
      assert.deepInclude(pause, { why: "auth", code: "190" })
      assert.notProperty(pause, "until")
      assert.strictEqual(wait, 0)
      assert.isUndefined(yield* look("key-2"))
      assert.deepInclude(yield* allowed({ credential: "key-2" }), { resumed: "auth" })
      assert.isUndefined(yield* look())
    })
  )

  test(
    "G27 a policy lock lasts until an operator resumes the account, whatever the credential",
    Effect.gen(function* () {
      const accounts = yield* Accounts
      yield* report({ pause: { why: "policy" }, code: "368" })
      assert.strictEqual((yield* paused({ credential: "key-2" })).pause.why, "policy")
      const ended = yield* accounts.resume(ref)
      assert.deepInclude(ended, { why: "policy", code: "368" })
      yield* allowed()
      assert.isUndefined(yield* accounts.resume(ref))
    })
  )

  test(
    "G27 an operator's pause overrides every other pause, and no lesser pause replaces it",
    Effect.gen(function* () {
      const accounts = yield* Accounts
      yield* report({ pause: { why: "policy" }, code: "368" })
      const { since } = yield* accounts.pause(ref)
      assert.strictEqual((yield* accounts.pause(ref)).since, since)
      assert.deepStrictEqual(yield* look(), { why: "operator", since })
      assert.deepStrictEqual(yield* report({ pause: { why: "policy" }, code: "368" }), [])
      assert.deepStrictEqual(yield* report(throttled(10)), [])
      assert.deepStrictEqual(yield* reports(30, { health: "bad" }), [])
      assert.strictEqual((yield* look())?.why, "operator")
    })
  )

  test(
    "G27 a pause reports for an intent whether a worker may be performing it",
    Effect.gen(function* () {
      const { intentId } = requestOf()
      yield* allowed({ intentId })
      yield* report({ pause: { why: "auth" }, code: "190" })
      assert.isTrue((yield* paused({ intentId })).begun)
      assert.isFalse((yield* paused()).begun)
    })
  )

  test(
    "G27 a pause of one account leaves other accounts unpaused",
    Effect.gen(function* () {
      yield* report({ pause: { why: "auth" }, code: "190" })
      yield* allowed({ account: "0a".repeat(16) })
    })
  )
}
