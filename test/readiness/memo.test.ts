import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { memoryDeployment, memoryEvidenceStore } from "../../layers/memory/deployment.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { EvidenceStore } from "../../src/gate/evidence/evidence-store.ts"
import { addToMemo, emptyMemo, memoId, mostAccounts, signMemo } from "../../src/readiness/record/memo.ts"
import { readEvidence } from "../../src/readiness/read-evidence.ts"
import { cryptography, newKey } from "../attestation/keys.ts"

const hashOf = (n: number) => n.toString(16).padStart(32, "0")
const account = (at: number, variant = "cloud") => ({ connector: "whatsapp", variant, at })

const services = Layer.mergeAll(memoryEvidenceStore, memoryDeployment(), cryptography)

/** Writes a memo with one account under a deployment, and returns the accounts that are read with a key. */
const accountsOf = Effect.fnUntraced(function* (deployment: string, signed: boolean) {
  const store = yield* EvidenceStore
  const [own, other] = [yield* newKey, yield* newKey]
  const { now } = yield* store.read
  const content = { ...emptyMemo, accounts: { [hashOf(1)]: account(now) } }
  const record = yield* signMemo({ ...content, environment: "staging", deployment, at: now }, own)
  yield* store.write({ id: yield* memoId, record, at: now, sticky: true })
  return (yield* readEvidence([signed ? own : other])).accounts
})

describe("memo of the recorder", () => {
  it.effect("G41 an account that a trusted recorder proved is read, and the memo is no evidence", () =>
    Effect.gen(function* () {
      const { id } = yield* Deployment
      assert.deepStrictEqual(yield* accountsOf(id, true), { [hashOf(1)]: { connector: "whatsapp", variant: "cloud" } })
      assert.deepStrictEqual((yield* readEvidence([])).records, [])
    }).pipe(Effect.provide(services))
  )

  it.effect("G41 an account that another key signed, or another deployment, is not proven", () =>
    Effect.gen(function* () {
      const { id } = yield* Deployment
      assert.deepStrictEqual(yield* accountsOf("dep_other", true), {})
      assert.deepStrictEqual(yield* Effect.provide(accountsOf(id, false), Layer.fresh(memoryEvidenceStore)), {})
    }).pipe(Effect.provide(services))
  )

  it("a memo has a bounded number of accounts, and the oldest leave first", () => {
    const many = Object.fromEntries(Array.from({ length: mostAccounts }, (_, n) => [hashOf(n), account(n)]))
    const { accounts } = addToMemo(
      { ...emptyMemo, accounts: many },
      { ...emptyMemo, accounts: { [hashOf(9_999)]: account(9_999) } }
    )
    assert.lengthOf(Object.keys(accounts), mostAccounts)
    assert.isUndefined(accounts[hashOf(0)])
    assert.isDefined(accounts[hashOf(9_999)])
  })

  it("a memo has the first time of an account until its variant changes", () => {
    const known = { ...emptyMemo, accounts: { [hashOf(1)]: account(1) } }
    const seen = (variant: string) => ({ ...emptyMemo, accounts: { [hashOf(1)]: account(2, variant) } })
    assert.strictEqual(addToMemo(known, seen("cloud")).accounts[hashOf(1)]?.at, 1)
    assert.strictEqual(addToMemo(known, seen("other")).accounts[hashOf(1)]?.at, 2)
  })
})
