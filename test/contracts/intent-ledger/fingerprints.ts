import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type FingerprintSearch, IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { claimed, contract, messageId, newId, passing, recordOf, type Subject, unknown } from "./subject.ts"

const anyTime = { from: 0, to: 1e14 }

const search = Effect.fnUntraced(function* (more: Partial<FingerprintSearch>) {
  const ledger = yield* IntentLedger
  const found = yield* ledger.findByFingerprint({ fingerprints: ["f-1"], mark: "mark-1", ...anyTime, ...more })
  const attempts = found.attempts
    .map(
      ({ intentId, attempt, fingerprints, record }) => [intentId, attempt, [...fingerprints], record?.state] as const
    )
    .toSorted(([a, m], [b, n]) => (a === b ? m - n : a < b ? -1 : 1))
  return { ...found, attempts }
})

export const fingerprinting = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "G49 a search by fingerprint finds attempts in every state until their fingerprints are removed",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const ids = Array.from({ length: 4 }, newId)
      const [flying, doubted, sent, other] = ids
      if (flying === undefined || doubted === undefined) return assert.fail("no ids")
      if (sent === undefined || other === undefined) return assert.fail("no ids")
      for (const id of [flying, doubted, sent]) yield* claimed(id, "token-1", { fingerprints: ["f-1", `f-${id}`] })
      yield* claimed(other, "token-1", { fingerprints: ["f-2"] })
      yield* ledger.settle(doubted, 1, "token-1", { state: "in_doubt", failure: unknown })
      yield* ledger.settle(sent, 1, "token-1", { state: "sent", receipt: { messageId }, mark: "mark-1" })
      const found = yield* search({})
      assert.deepStrictEqual(found.attempts, [
        [flying, 1, ["f-1"], "claimed"],
        [doubted, 1, ["f-1"], "in_doubt"],
        [sent, 1, ["f-1"], "sent"]
      ])
      assert.deepInclude(found, { owner: sent, complete: true, unindexed: false })
      const both = yield* search({ fingerprints: ["f-1", `f-${sent}`, "f-none"], mark: "mark-2" })
      assert.deepStrictEqual(both.attempts.at(2), [sent, 1, ["f-1", `f-${sent}`], "sent"])
      assert.isUndefined(both.owner)
      const gone = [{ intentId: sent, attempt: 1, fingerprints: ["f-1"] }]
      yield* ledger.removeFingerprints(gone)
      yield* ledger.removeFingerprints(gone)
      assert.lengthOf((yield* search({})).attempts, 2)
      assert.lengthOf((yield* search({ fingerprints: [`f-${sent}`] })).attempts, 1)
    })
  )

  test(
    "G49 a search finds each attempt of an intent by itself, within the time of its own claim",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id, "token-1", { fingerprints: ["f-1"] })
      const first = (yield* recordOf(id)).claimedAt ?? 0
      yield* subject.elapse(5)
      yield* ledger.settle(id, 1, "token-1", { state: "failed", failure: passing })
      yield* claimed(id, "token-2", { fingerprints: ["f-1"] })
      const second = (yield* recordOf(id)).claimedAt ?? 0
      assert.deepStrictEqual((yield* search({})).attempts, [
        [id, 1, ["f-1"], "claimed"],
        [id, 2, ["f-1"], "claimed"]
      ])
      const numbers = (from: number, to: number) =>
        Effect.map(search({ from, to }), ({ attempts }) => attempts.map(([, attempt]) => attempt))
      assert.deepStrictEqual(yield* numbers(first, second - 1), [1])
      assert.deepStrictEqual(yield* numbers(first + 1, second), [2])
      assert.deepStrictEqual(yield* numbers(second + 1, second + 2), [])
    })
  )

  test(
    "G49 a search reports when more attempts share a fingerprint than it reads",
    Effect.gen(function* () {
      const ids = Array.from({ length: 120 }, newId)
      yield* Effect.forEach(ids, (id) => claimed(id, "token-1", { fingerprints: ["f-1"] }), { concurrency: 16 })
      const found = yield* search({})
      assert.isTrue(!found.complete || found.attempts.length === ids.length)
    })
  )
}
