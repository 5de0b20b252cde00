import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Personal } from "../../../src/domain/personal.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { IntentLedger, type StoredIntent } from "../../../src/outbound/ledger/intent-ledger.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import {
  accepted,
  claimed,
  claimOf,
  contract,
  failure,
  keptOf,
  lane,
  messageId,
  newId,
  recordOf,
  request,
  steps,
  type Subject
} from "./subject.ts"

const forgotten = failure({ class: "InfraError", code: "recipient_forgotten", detail: "forgotten" })

const stored = (partition: number) =>
  Effect.gen(function* () {
    const ledger = yield* IntentLedger
    const found = new Map<string, StoredIntent>()
    let after: string | undefined
    do {
      const { entries, next } = yield* ledger.stored(partition, 1, after)
      for (const entry of entries) found.set(entry.intentId, entry)
      after = next
    } while (after !== undefined)
    return found
  })

const partitionCount = Effect.map(Effect.serviceOption(Deployment), (found) =>
  found._tag === "Some" ? found.value.partitions : 8
)

export const forgetting = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "an erased accepted intent ends as failed, and no token claims it again",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* accepted(id)
      const record = yield* ledger.forget(id, forgotten)
      assert.deepStrictEqual([record?.state, record?.failure], ["failed", forgotten])
      assert.deepStrictEqual(steps(yield* recordOf(id)), ["0 accepted", "0 forgotten"])
      assert.isUndefined(yield* keptOf(id))
      assert.strictEqual((yield* ledger.claim(claimOf(id, "token-2", { accepted: true })))._tag, "Held")
      assert.deepStrictEqual(yield* ledger.waiting(0, undefined, 10), [])
      assert.isUndefined(yield* ledger.forget(newId(), forgotten))
    })
  )

  test(
    "an erased intent loses its request and receipt, and keeps state, failure and timeline",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [sent, doubt] = [newId(), newId()]
      yield* claimed(sent)
      const before = yield* ledger.settle(sent, 1, "token-1", { state: "sent", receipt: { messageId } })
      yield* claimed(doubt, "token-1", { request })
      const after = yield* ledger.forget(sent, forgotten)
      const { receipt, timeline: _before, ...rest } = before ?? (yield* recordOf(sent))
      assert.deepStrictEqual(receipt, { messageId })
      const { timeline: _after, ...erased } = after ?? (yield* recordOf(doubt))
      assert.deepStrictEqual(erased, rest)
      assert.strictEqual((yield* ledger.forget(doubt, forgotten))?.state, "claimed")
      assert.isUndefined(yield* keptOf(doubt))
      assert.deepStrictEqual(yield* ledger.provable, { intents: [], complete: true })
      assert.deepStrictEqual(steps(yield* recordOf(doubt)), ["1 claimed", "1 forgotten"])
      assert.strictEqual((yield* ledger.claim(claimOf(sent, "token-2")))._tag, "Held")
    })
  )

  test(
    "an erased intent that waits for its next attempt ends with the erasure failure, not with its last one",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* accepted(id)
      yield* ledger.claim(claimOf(id, "token-2", { accepted: true }))
      const explanation = Personal.of({ said: { message: "(#4) later", details: "words" }, about: ["+1555"] })
      const busy = { ...failure({ transient: true, certainty: "not_applied" }), explanation }
      const waits = yield* ledger.settle(id, 1, "token-2", { state: "accepted", failure: busy })
      assert.strictEqual(waits?.state, "accepted")
      const record = yield* ledger.forget(id, forgotten)
      assert.deepStrictEqual([record?.state, record?.failure], ["failed", forgotten])
      assert.deepStrictEqual((yield* recordOf(id)).failure, forgotten)
      assert.strictEqual((yield* ledger.claim(claimOf(id, "token-3")))._tag, "Held")
    })
  )

  test(
    "the ledger lists page by page the intents that hold personal data, in every state, and no others",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const partitions = yield* partitionCount
      const [waits, flies, sent, failed] = [newId(), newId(), newId(), newId()]
      yield* accepted(waits)
      yield* claimed(flies, "token-1", { request })
      yield* claimed(sent)
      yield* ledger.settle(sent, 1, "token-1", { state: "sent", receipt: { messageId } })
      yield* claimed(failed)
      yield* ledger.settle(failed, 1, "token-1", { state: "failed", failure: failure() })
      for (const [id, state, says] of [
        [waits, "accepted", request],
        [flies, "claimed", request],
        [sent, "sent", messageId]
      ] as const) {
        const entry = (yield* stored(partitionOf(id, partitions))).get(id)
        assert.deepStrictEqual([entry?.state, entry?.connector, entry?.account], [state, "whatsapp", "support"])
        assert.include(entry?.says, says)
        assert.strictEqual(entry?.lane, id === waits ? lane : undefined)
        yield* ledger.forget(id, forgotten)
        assert.isUndefined((yield* stored(partitionOf(id, partitions))).get(id))
      }
      assert.isUndefined((yield* stored(partitionOf(failed, partitions))).get(failed))
    })
  )

  test(
    "a failure keeps the provider's explanation, which is found by its recipient and deleted by erasure",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const partitions = yield* partitionCount
      const explained = (details: string) => Personal.of({ said: { message: "(#1) no", details }, about: ["+1555"] })
      const [own, reported] = [newId(), newId()]
      yield* claimed(own)
      const refused = { ...failure(), providerStatus: 400, providerTraceId: "A1b" }
      const settled = yield* ledger.settle(own, 1, "token-1", {
        state: "failed",
        failure: { ...refused, explanation: explained("own words") }
      })
      yield* claimed(reported)
      yield* ledger.settle(reported, 1, "token-1", { state: "sent", receipt: { messageId } })
      const reportedFailure = { ...failure(), explanation: explained("reported words") }
      yield* ledger.evidence({ intentId: reported, attempt: 1, status: "failed", failure: reportedFailure })
      for (const record of [settled, yield* recordOf(own)]) {
        const { explanation, ...rest } = record?.failure ?? assert.fail("there is no failure")
        assert.deepStrictEqual(rest, refused)
        assert.deepStrictEqual(explanation && Personal.open(explanation).said.details, "own words")
      }
      const late = (yield* recordOf(reported)).failure?.explanation
      assert.deepStrictEqual(late && Personal.open(late).said.details, "reported words")
      for (const [id, words] of [
        [own, "own words"],
        [reported, "reported words"]
      ] as const) {
        const entry = (yield* stored(partitionOf(id, partitions))).get(id)
        assert.include(entry?.says, words)
        assert.include(entry?.says, "+1555")
        const after = yield* ledger.forget(id, forgotten)
        assert.notProperty(after?.failure, "explanation")
        assert.strictEqual(after?.failure?.code, failure().code)
        assert.isUndefined((yield* stored(partitionOf(id, partitions))).get(id))
      }
      assert.deepStrictEqual((yield* recordOf(own)).failure, refused)
    })
  )
}
