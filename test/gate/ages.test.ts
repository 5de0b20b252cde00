import { assert, describe, it } from "@effect/vitest"
import type { GateEvidence } from "../../src/gate/evidence/evidence.ts"
import { genuine, judge, now, read, recorder, rowIn, rows, situation } from "./genuine.ts"

const second = 1_000
const proofs = rows.flatMap((row) =>
  row.proofs.filter(({ watch }) => watch === undefined).map((proof) => ({ id: row.id, proof }))
)

const aged = (id: string, scope: string, at: number, more: Partial<GateEvidence> = {}) =>
  genuine.map((one) => read(one.row === id && one.scope.of === scope ? { ...one, first: 0, at, ...more } : one))

describe("ages of evidence", () => {
  it("evidence counts until a second before its age ends, and not a second after", () => {
    for (const { id, proof } of proofs) {
      const state = (age: number) => rowIn(judge({ recorded: aged(proof.id, proof.scope, now - age) }).rows, id)
      const before = state(proof.maxAge - second)
      assert.strictEqual(before?.state, "GO", id)
      assert.strictEqual(before?.until, now + second)
      assert.strictEqual(state(proof.maxAge)?.state, "GO", id)
      const after = state(proof.maxAge + second)
      assert.strictEqual(after?.state, "NO-GO", id)
      assert.strictEqual(after?.cause, "stale", id)
      assert.isUndefined(after?.until)
    }
  })

  it("the provider's part is awaited for seven days, and then the row is stale", () => {
    for (const { id, proof } of proofs.filter((one) => one.proof.waits !== undefined)) {
      const week = 7 * 86_400_000
      const found = (age: number) =>
        rowIn(judge({ recorded: aged(proof.id, proof.scope, now - age, { result: "begun" }) }).rows, id)
      assert.strictEqual(found(week - second)?.cause, "waiting", id)
      assert.strictEqual(found(week - second)?.until, now + second)
      assert.strictEqual(found(week + second)?.cause, "stale", id)
    }
  })

  it("the policy has the ages of a run, a channel, the storage and an installation", () => {
    const days = (id: string, scope: string) =>
      (proofs.find(({ proof }) => proof.id === id && proof.scope === scope)?.proof.maxAge ?? 0) / 86_400_000
    assert.strictEqual(days("1.1.1", "R"), 14)
    assert.strictEqual(days("1.1.1", "I"), 14)
    assert.strictEqual(days("1.1.3#probe", "C"), 1)
    assert.strictEqual(days("1.1.3#altered-token", "C"), 14)
    assert.strictEqual(days("1.2.1", "I"), 14)
    assert.strictEqual(days("1.2.3", "I"), 180)
    assert.strictEqual(days("2.1.1", "C"), 90)
    assert.strictEqual(days("3.2:whatsapp.text", "C"), 90)
    assert.strictEqual(days("3.2:whatsapp.path.call", "R"), 14)
    assert.strictEqual(days("3.3.2#4xx", "C"), 90)
    assert.strictEqual(days("3.3.2#5xx", "R"), 14)
    assert.strictEqual(days("5.2.1", "S"), 90)
  })

  it("a fence voids the older evidence of a run and an installation, and none of a channel or the storage", () => {
    const at = genuine[0]?.at ?? 0
    const fenced = (fencedAt: number) =>
      judge({ situation: { ...situation, deployment: { ...situation.deployment, fencedAt } } })
    assert.strictEqual(fenced(at - 1).state, "GO")
    const after = fenced(at).rows
    for (const row of rows.filter(({ proofs: needed }) => needed.length > 0)) {
      const bound = row.bound.some((one) => one === "R" || one === "I")
      assert.strictEqual(rowIn(after, row.id)?.cause, bound ? "other_deployment" : undefined, row.id)
    }
  })

  it("evidence of a former deployment id counts for a channel and the storage, and for no run or installation", () => {
    const recorded = genuine.map((one) => {
      const { scope } = one
      return read({
        ...one,
        deployment: "dep_before",
        scope: scope.of === "I" ? { ...scope, deployment: "dep_before" } : scope
      })
    })
    const verdicts = judge({ recorded }).rows
    for (const row of rows.filter(({ proofs: needed }) => needed.length > 0)) {
      const bound = row.bound.some((one) => one === "R" || one === "I")
      assert.strictEqual(rowIn(verdicts, row.id)?.cause, bound ? "other_deployment" : undefined, row.id)
    }
  })

  it("a record counts while the key of its recorder held, and is forged outside of that time", () => {
    const [first] = genuine
    const at = first?.at ?? 0
    const state = (from: number, until?: number) =>
      rowIn(
        judge({
          situation: { ...situation, recorders: { [recorder]: { from, ...(until === undefined ? {} : { until }) } } }
        }).rows,
        "1.1.2"
      )
    assert.strictEqual(state(at)?.state, "GO")
    assert.strictEqual(state(at, at + 1)?.state, "GO")
    assert.strictEqual(state(at + 1)?.cause, "forged")
    assert.strictEqual(state(0, at)?.cause, "forged")
  })
})
