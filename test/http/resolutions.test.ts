import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { IntentLedger, notSentMargin } from "../../src/outbound/ledger/intent-ledger.ts"
import { AuditLog } from "../../src/audit/audit-log.ts"
import { claimOf, newId, unknown } from "../contracts/intent-ledger/subject.ts"
import { appliedAndLost, refused } from "../fakes/faults.ts"
import { IntentLedgerFaults } from "../fakes/intent-ledger.ts"
import { api, baseLayer } from "./harness.ts"

const doubts = Effect.fnUntraced(function* (count: number) {
  const ledger = yield* IntentLedger
  return yield* Effect.forEach(Array.from({ length: count }, newId), (id) =>
    Effect.gen(function* () {
      yield* ledger.claim(claimOf(id))
      yield* ledger.settle(id, 1, "token-1", { state: "in_doubt", failure: unknown })
      yield* TestClock.adjust(10)
      return id
    })
  )
})

const say = (value: unknown): RequestInit => ({ method: "POST", body: JSON.stringify(value) })
const long = 60_000 + notSentMargin
const notSent = { verdict: "not_sent", reason: "looked into the phone" }

describe("resolutions API", () => {
  it.effect("G16 the verdict `not_sent` is rejected while a call may be under way, and then frees the key", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const [id = ""] = yield* doubts(1)
      const path = `/v1/intents/${id}/resolution`
      const early = yield* ask(path, say(notSent), "key-all")
      assert.strictEqual(early.status, 409)
      assert.strictEqual(early.body["code"], "too_early")
      assert.strictEqual(early.body["state"], "in_doubt")
      assert.strictEqual(early.headers.get("retry-after"), "70")
      yield* TestClock.adjust(long)
      const done = yield* ask(path, say(notSent), "key-all")
      assert.strictEqual(done.status, 200)
      assert.strictEqual(done.body["state"], "failed")
      const again = yield* ask(path, say(notSent), "key-all")
      assert.deepStrictEqual([again.status, again.body], [200, done.body])
      const other = yield* ask(path, say({ ...notSent, verdict: "sent" }), "key-all")
      assert.strictEqual(other.status, 409)
      assert.strictEqual(other.body["code"], "not_open")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a verdict is audited with its reason before it is written, and needs the scope operate", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const audit = yield* AuditLog
      const ledger = yield* IntentLedgerFaults
      const [id = ""] = yield* doubts(1)
      const path = `/v1/intents/${id}/resolution`
      const sent = { verdict: "sent", reason: "the person answered" }
      assert.strictEqual((yield* ask(path, say(sent), "key-reader")).status, 403)
      assert.lengthOf(ledger.calls.resolve.all, 0)
      ledger.next("resolve", refused())
      assert.strictEqual((yield* ask(path, say(sent), "key-all")).status, 503)
      assert.strictEqual((yield* ask(path, say(sent), "key-all")).status, 200)
      const { entries } = yield* audit.list({ limit: 10 })
      assert.lengthOf(entries, 2)
      assert.deepInclude(entries[0], {
        by: "all",
        action: "intent.resolve",
        subject: `${id} sent`,
        reason: "the person answered"
      })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("I2 a verdict whose write is ambiguous is answered `outcome_unknown`, and repeating it is safe", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const ledger = yield* IntentLedgerFaults
      const [id = ""] = yield* doubts(1)
      const path = `/v1/intents/${id}/resolution`
      const sent = say({ verdict: "sent", reason: "the person answered" })
      ledger.next("resolve", appliedAndLost())
      const lost = yield* ask(path, sent, "key-all")
      assert.deepStrictEqual([lost.status, lost.body["code"]], [503, "outcome_unknown"])
      assert.strictEqual(lost.headers.get("retry-after"), "1")
      const again = yield* ask(path, sent, "key-all")
      assert.deepStrictEqual([again.status, again.body["state"]], [200, "sent"])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an invalid verdict is rejected with its errors, and resolves nothing", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const ledger = yield* IntentLedgerFaults
      const [id = ""] = yield* doubts(1)
      const path = `/v1/intents/${id}/resolution`
      for (const wrong of [{}, { verdict: "sent" }, { ...notSent, verdict: "maybe" }, { ...notSent, more: 1 }]) {
        const answer = yield* ask(path, say(wrong), "key-all")
        assert.strictEqual(answer.status, 422)
        assert.strictEqual(answer.body["code"], "invalid_request")
      }
      assert.strictEqual((yield* ask("/v1/intents/int_1/resolution", say(notSent), "key-all")).status, 404)
      assert.strictEqual((yield* ask(`/v1/intents/${newId()}/resolution`, say(notSent), "key-all")).status, 404)
      const cursor = yield* ask("/v1/resolutions", say({ ...notSent, filter: {}, cursor: "x" }), "key-all")
      assert.strictEqual(cursor.status, 400)
      assert.isEmpty(ledger.calls.resolve.all.filter(({ intentId }) => intentId === id))
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G26 an operator resolves all doubts that match filter and age, page by page, with a dry run first", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const audit = yield* AuditLog
      const ids = yield* doubts(5)
      yield* TestClock.adjust(long)
      const young = yield* doubts(1)
      const many = (more: object) => ask("/v1/resolutions", say({ ...notSent, ...more }), "key-all")
      const resultsOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }) =>
        Array.isArray(body["intents"]) ? body["intents"].map((one) => `${one.intentId} ${one.result}`) : []
      for (const filter of [
        { account: "other" },
        { connector: "other" },
        { capability: "other" },
        { state: "disputed" }
      ]) {
        assert.deepStrictEqual(resultsOf(yield* many({ filter })), [])
      }
      const filter = { capability: "text", account: "support", olderThan: 30 }
      const dry = yield* many({ filter, dryRun: true })
      assert.deepStrictEqual(
        resultsOf(dry),
        ids.toReversed().map((id) => `${id} would_resolve`)
      )
      assert.lengthOf((yield* audit.list({ limit: 10 })).entries, 4)
      const first = yield* many({ filter, limit: 4 })
      assert.deepStrictEqual(
        resultsOf(first),
        ids
          .slice(2)
          .toReversed()
          .map((id) => `${id} resolved`)
      )
      const rest = yield* many({ filter, limit: 4, cursor: first.body["next"] })
      assert.deepStrictEqual(resultsOf(rest), [`${ids[1]} resolved`, `${ids[0]} resolved`])
      assert.isUndefined(rest.body["next"])
      const left = yield* many({ filter: {} })
      assert.deepStrictEqual(resultsOf(left), [`${young[0]} too_early`])
    }).pipe(Effect.provide(baseLayer))
  )
})
