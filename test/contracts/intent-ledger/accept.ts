import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { positionOf, cursorOf, IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { defaultPartitions } from "../../../src/deployment/deployment.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import {
  accepted,
  acceptanceOf,
  claimed,
  claimOf,
  contract,
  failure,
  keptOf,
  lane,
  messageId,
  newId,
  passing,
  recordOf,
  request,
  steps,
  type Subject,
  unknown
} from "./subject.ts"

const ofAccepted = { accepted: true }

export const accepting = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "G24 an acceptance writes the record and its content, and nothing of a call",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const record = yield* accepted(id)
      const { createdAt, acceptedAt, timeline, ...rest } = record
      assert.deepStrictEqual(rest, { intentId: id, state: "accepted", attempt: 0, ...claimOf(id).meta })
      assert.strictEqual(acceptedAt, createdAt)
      assert.deepStrictEqual(timeline, [{ at: createdAt, attempt: 0, what: "accepted" }])
      const kept = yield* ledger.kept(id)
      if (kept === undefined || kept === "expired") return assert.fail("nothing kept")
      assert.deepStrictEqual(kept.record, record)
      assert.strictEqual(kept.lane, lane)
      assert.strictEqual(kept.request, request)
    })
  )

  test(
    "an acceptance repeated with its token returns its record; a repeat with other content returns `OtherContent`",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const record = yield* accepted(id)
      assert.deepStrictEqual(yield* accepted(id), record)
      const repeat = yield* ledger.accept(acceptanceOf(id, "accept-2"))
      if (repeat._tag !== "Held") return assert.fail(repeat._tag)
      assert.deepStrictEqual(repeat.record, record)
      const other = yield* ledger.accept(acceptanceOf(id, "accept-2", { content: "another-mac" }))
      assert.deepStrictEqual(other, { _tag: "OtherContent", record })
    })
  )

  test(
    "I1 an accepted intent is claimed once, by a worker and not by a request of the same key",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* accepted(id)
      assert.strictEqual((yield* ledger.claim(claimOf(id)))._tag, "Held")
      const tokens = Array.from({ length: 20 }, (_, n) => `token-${n}`)
      const answers = yield* Effect.forEach(tokens, (token) => ledger.claim(claimOf(id, token, ofAccepted)), {
        concurrency: "unbounded"
      })
      assert.strictEqual(answers.filter(({ _tag }) => _tag === "Claimed").length, 1)
      const record = yield* recordOf(id)
      assert.strictEqual(record.state, "claimed")
      assert.strictEqual(record.attempt, 1)
      assert.isDefined(record.acceptedAt)
      assert.strictEqual(yield* keptOf(id), request)
      assert.strictEqual((yield* ledger.accept(acceptanceOf(id, "accept-2")))._tag, "Held")
    })
  )

  test(
    "a worker claims no intent that was not accepted",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [never, failed] = [newId(), newId()]
      assert.deepStrictEqual(yield* ledger.claim(claimOf(never, "token-1", ofAccepted)), { _tag: "Expired" })
      assert.isUndefined(yield* ledger.get(never))
      yield* claimed(failed)
      yield* ledger.settle(failed, 1, "token-1", { state: "failed", failure: passing })
      assert.strictEqual((yield* ledger.claim(claimOf(failed, "token-2", ofAccepted)))._tag, "Held")
    })
  )

  for (const [name, settlement] of [
    ["sent", { state: "sent", receipt: { messageId } }],
    ["failed", { state: "failed", failure: failure() }],
    ["in doubt", { state: "in_doubt", failure: unknown }]
  ] as const) {
    test(
      `the ledger keeps the content of an accepted intent only until settlement: ${name}`,
      Effect.gen(function* () {
        const ledger = yield* IntentLedger
        const id = newId()
        yield* accepted(id)
        yield* claimed(id, "token-1", ofAccepted)
        const record = yield* ledger.settle(id, 1, "token-1", settlement)
        assert.strictEqual(record?.state, settlement.state)
        assert.isUndefined(yield* keptOf(id))
      })
    )
  }

  test(
    "a transient failure settles as accepted again, with content, acceptance time and failure",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const { acceptedAt } = yield* accepted(id)
      yield* claimed(id, "token-1", ofAccepted)
      const again = yield* ledger.settle(id, 1, "token-1", { state: "accepted", failure: passing })
      assert.isDefined(again)
      assert.strictEqual(again.state, "accepted")
      assert.strictEqual(again.acceptedAt, acceptedAt)
      assert.deepStrictEqual(again.failure, passing)
      assert.isUndefined(again.settledAt)
      assert.strictEqual(yield* keptOf(id), request)
      assert.deepStrictEqual(steps(again), ["0 accepted", "1 claimed", "1 accepted"])
      assert.strictEqual((yield* ledger.claim(claimOf(id, "token-1", ofAccepted)))._tag, "Held")
      assert.strictEqual((yield* claimed(id, "token-2", ofAccepted)).attempt, 2)
    })
  )

  test(
    "G7 a released claim of an accepted intent leaves it accepted",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* accepted(id)
      yield* claimed(id, "token-1", ofAccepted)
      yield* ledger.release(id, "token-1", passing)
      assert.strictEqual((yield* recordOf(id)).state, "accepted")
      assert.strictEqual(yield* keptOf(id), request)
      assert.deepStrictEqual(yield* ledger.claim(claimOf(id, "token-1", ofAccepted)), { _tag: "Released" })
      assert.strictEqual((yield* claimed(id, "token-2", ofAccepted)).attempt, 2)
    })
  )

  test(
    "evidence of success disputes an accepted retry, and a reported failure ends it",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      for (const [status, state] of [
        ["delivered", "disputed"],
        ["failed", "failed"]
      ] as const) {
        const id = newId()
        yield* accepted(id)
        yield* claimed(id, "token-1", ofAccepted)
        yield* ledger.settle(id, 1, "token-1", { state: "accepted", failure: passing })
        yield* ledger.evidence({ intentId: id, attempt: 1, status, failure: failure() })
        assert.strictEqual((yield* recordOf(id)).state, state)
        assert.strictEqual((yield* ledger.claim(claimOf(id, "token-2", ofAccepted)))._tag, "Held")
        assert.isUndefined(yield* keptOf(id))
      }
    })
  )

  test(
    "an intent with a transient failure can be accepted again, and one with a permanent failure cannot",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [passed, lasting] = [newId(), newId()]
      for (const id of [passed, lasting]) yield* claimed(id)
      yield* ledger.settle(passed, 1, "token-1", { state: "failed", failure: passing })
      yield* ledger.settle(lasting, 1, "token-1", { state: "failed", failure: failure() })
      const record = yield* accepted(passed)
      assert.strictEqual(record.attempt, 1)
      assert.isUndefined(record.failure)
      assert.isUndefined(record.claimedAt)
      assert.strictEqual((yield* ledger.claim(claimOf(passed)))._tag, "Held")
      assert.strictEqual((yield* claimed(passed, "token-2", ofAccepted)).attempt, 2)
      assert.strictEqual((yield* ledger.accept(acceptanceOf(lasting)))._tag, "Held")
    })
  )

  test(
    "an abandoned intent ends as failed, and only an accepted one can be abandoned",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [waiting, flying] = [newId(), newId()]
      yield* accepted(waiting)
      const record = yield* ledger.abandon(waiting, failure())
      assert.strictEqual(record?.state, "failed")
      assert.deepStrictEqual(record?.failure, failure())
      assert.isUndefined(yield* keptOf(waiting))
      yield* accepted(flying)
      yield* claimed(flying, "token-1", ofAccepted)
      assert.isUndefined(yield* ledger.abandon(flying, failure()))
      assert.isUndefined(yield* ledger.abandon(newId(), failure()))
      assert.strictEqual((yield* recordOf(flying)).state, "claimed")
    })
  )

  test(
    "G23 an accepted intent does not expire, and the ledger reports the age of the oldest",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      assert.strictEqual(yield* ledger.oldestAccepted, 0)
      const id = newId()
      yield* accepted(id)
      yield* subject.elapse(30)
      assert.strictEqual((yield* recordOf(id)).state, "accepted")
      assert.isAtLeast(yield* ledger.oldestAccepted, 30)
      yield* ledger.abandon(id, failure())
      assert.strictEqual(yield* ledger.oldestAccepted, 0)
      yield* subject.elapse(3)
      assert.strictEqual(yield* ledger.get(id), "expired")
      assert.deepStrictEqual(yield* ledger.accept(acceptanceOf(id)), { _tag: "Expired" })
    }),
    { intents: 1, tombstones: 60_000 }
  )

  test(
    "the ledger lists the accepted intents of one partition page by page, oldest first",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const ids = Array.from({ length: 40 }, newId)
      for (const id of ids) yield* accepted(id)
      yield* claimed(newId())
      const mine = ids.filter((id) => partitionOf(id, defaultPartitions) === 3)
      const first = yield* ledger.waiting(3, undefined, 2)
      const last = first.at(-1)
      assert.isDefined(last)
      const place = positionOf(cursorOf({ at: last.acceptedAt, intentId: last.intentId }))
      const rest = yield* ledger.waiting(3, place, 100)
      const all = [...first, ...rest]
      assert.deepStrictEqual(all.map(({ intentId }) => intentId).sort(), mine)
      assert.isTrue(all.every((one) => one.lane === lane))
      const times = all.map(({ acceptedAt }) => acceptedAt)
      assert.deepStrictEqual(
        times,
        times.toSorted((a, b) => a - b)
      )
    })
  )

  test(
    "the ledger keeps a request that serves as evidence until its doubt ends",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id, "token-1", { request })
      assert.strictEqual(yield* keptOf(id), request)
      yield* ledger.settle(id, 1, "token-1", { state: "in_doubt", failure: unknown })
      assert.strictEqual(yield* keptOf(id), request)
      yield* ledger.evidence({ intentId: id, attempt: 1, status: "sent", messageId })
      assert.isUndefined(yield* keptOf(id))
    })
  )
}
