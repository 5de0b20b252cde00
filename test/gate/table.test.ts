import { assert, describe, it } from "@effect/vitest"
import type { GateEvidence } from "../../src/gate/evidence/evidence.ts"
import type { GateInput } from "../../src/gate/judge/judge.ts"
import { causesOf } from "../../src/gate/policy/causes.ts"
import type { ProofPolicy } from "../../src/gate/policy/policy.ts"
import type { VerdictRow } from "../../src/gate/verdict.ts"
import type { Cause } from "../../src/gate/words.ts"
import { digest, genuine, judge, now, read, recordFor, rows, situation, whatsapp } from "./genuine.ts"

type Change = (one: GateEvidence, proof: ProofPolicy) => GateEvidence | undefined

const second = 1_000

/** A change of one record that gives its row one cause; `undefined` where the proof cannot have that cause. */
const changes: ReadonlyArray<readonly [cause: Cause, what: string, Change]> = [
  ["stale", "is too old", (one, { maxAge }) => ({ ...one, first: 0, at: now - maxAge - second })],
  ["other_code", "is of a release without a build record", (one) => ({ ...one, manifest: digest("local build") })],
  [
    "other_code",
    "is of another code",
    ({ scope, ...one }) => {
      const manifest = digest("other code")
      if (scope.of === "R") return { ...one, manifest, scope: { ...scope, core: digest("other") } }
      if (scope.of === "C") return { ...one, manifest, scope: { ...scope, code: digest("other") } }
      return scope.of === "S" ? { ...one, manifest, scope: { ...scope, storage: digest("other") } } : undefined
    }
  ],
  [
    "other_variant",
    "is of another variant",
    ({ scope, ...one }) => (scope.of === "C" ? { ...one, scope: { ...scope, variant: "other" } } : undefined)
  ],
  [
    "other_configuration",
    "is of another configuration",
    ({ scope, ...one }) => {
      if (scope.of === "C" || scope.of === "S") return { ...one, scope: { ...scope, section: digest("other") } }
      if (scope.of !== "I") return undefined
      return { ...one, scope: { ...scope, sections: { ...scope.sections, secrets: digest("other") } } }
    }
  ],
  [
    "other_deployment",
    "is of another deployment",
    ({ scope, ...one }) => {
      const deployment = "dep_elsewhere"
      return { ...one, deployment, scope: scope.of === "I" ? { ...scope, deployment } : scope }
    }
  ],
  ["other_deployment", "is a rehearsal", (one) => ({ ...one, environment: "local" })],
  [
    "unknown_account",
    "is about an account that no boot proved",
    (one, { account }) => (account ? { ...one, account: "f".repeat(32) } : undefined)
  ],
  [
    "unknown_account",
    "names no account",
    ({ account, ...one }, proof) => (proof.account && account !== undefined ? one : undefined)
  ],
  ["missing", "is simulated", (one, proof) => (proof.genuine ? { ...one, genuine: false } : undefined)],
  ["failed", "is a failure", (one) => ({ ...one, result: "fail" })],
  ["failed", "is a violation", (one) => ({ ...one, result: "fail", sticky: true })],
  [
    "failed",
    "is of a drill whose fault was never in effect",
    ({ by, ...one }) => (by.kind === "drill" ? { ...one, by: { ...by, fault: { ...by.fault, fired: 0 } } } : undefined)
  ],
  [
    "failed",
    "is of a drill with another code",
    ({ by, ...one }) => (by.kind === "drill" ? { ...one, by: { ...by, code: "limit" } } : undefined)
  ],
  ["waiting", "has only begun", (one, { waits }) => (waits === undefined ? undefined : { ...one, result: "begun" })],
  [
    "gate_fault",
    "begins to wait for nothing",
    (one, { waits }) => (waits === undefined ? { ...one, result: "begun" } : undefined)
  ],
  ["gate_fault", "is of the future", (one) => ({ ...one, at: now + 1 })],
  [
    "gate_fault",
    "is of another origin",
    (one) => ({ ...one, by: one.by.kind === "boot" ? { kind: "traffic" } : { kind: "boot", boot: "boot-9" } })
  ],
  ["gate_fault", "has a fact that the policy does not name", (one) => ({ ...one, facts: { ...one.facts, more: 1 } })],
  ["gate_fault", "lacks its facts", (one) => ({ ...one, facts: {} })]
]

/** The build of the records that are of another code. */
const withOtherCode: GateInput["situation"] = {
  ...situation,
  builds: {
    ...situation.builds,
    [digest("other code")]: {
      recordedAt: now,
      core: digest("other"),
      storage: digest("other"),
      connectors: { whatsapp: digest("other"), instagram: digest("other") },
      versionsAgree: true,
      equalBuilds: 2,
      results: "complete",
      suites: {}
    }
  }
}

const go = judge({ situation: withOtherCode }).rows
const notGo = (verdicts: ReadonlyArray<VerdictRow>) =>
  verdicts.filter(({ state }) => state !== "GO").map(({ row }) => row)
const isDerived = (id: string) => rows.some((row) => row.id === id && row.kind === "derived")
const proofs = rows.flatMap((row) =>
  row.proofs.filter(({ watch }) => watch === undefined).map((proof) => ({ row, proof }))
)

const isOf = (proof: ProofPolicy) => (one: GateEvidence) => one.row === proof.id && one.scope.of === proof.scope

const firstOf = (proof: ProofPolicy): GateEvidence => genuine.find(isOf(proof)) ?? recordFor(proof, whatsapp)

/** Replaces the first record of a proof. The other channels keep theirs. */
const replaced = (proof: ProofPolicy, by: GateEvidence | undefined) => {
  return genuine.flatMap((one) => (one === firstOf(proof) ? (by === undefined ? [] : [by]) : [one]))
}

const verdictWith = (proof: ProofPolicy, by: GateEvidence | undefined) =>
  judge({ situation: withOtherCode, recorded: replaced(proof, by).map((one) => read(one)) }).rows

/** Asserts that the row has the cause, and that no other row moved but those that repeat it. */
const movesAlone = (verdicts: ReadonlyArray<VerdictRow>, id: string, cause: Cause) => {
  const found = verdicts.find(({ row }) => row === id)
  assert.strictEqual(found?.cause, cause, `${id}: ${found?.said.en}`)
  assert.isDefined(found?.clears)
  assert.strictEqual(found?.alone, cause === "waiting" || cause === "clock")
  const others = notGo(verdicts).filter((one) => one !== id && !isDerived(one))
  assert.deepStrictEqual(others, id === "5.2.1" && cause !== "waiting" ? others.filter((one) => one === "5.2.3") : [])
}

describe("table of the gate", () => {
  it("every row is GO with genuine evidence, and the verdict exits with 0", () => {
    const verdict = judge()
    assert.deepStrictEqual(notGo(verdict.rows), [])
    assert.isAbove(verdict.rows.length, 50)
    assert.strictEqual(verdict.state, "GO")
    assert.strictEqual(verdict.exitCode, 0)
  })

  it("every row with a proof holds until the first of its records expires", () => {
    for (const { row, proof } of proofs) {
      const found = go.find((one) => one.row === row.id)
      assert.isDefined(found?.until, row.id)
      assert.isAtMost(found?.until ?? 0, (found?.at ?? 0) + proof.maxAge)
      assert.isNotEmpty(found?.evidence)
    }
  })

  it("a row without one of its records is missing, and no other row moves", () => {
    for (const { row, proof } of proofs) movesAlone(verdictWith(proof, undefined), row.id, "missing")
  })

  it.each(changes.map(([cause, what, change]) => ({ cause, what, change })))(
    "a record that $what gives its row the cause $cause, and no other row moves",
    ({ cause, change }) => {
      const able = proofs.flatMap(({ row, proof }) => {
        const by = change(firstOf(proof), proof)
        return by === undefined ? [] : [{ row, proof, by }]
      })
      assert.isNotEmpty(able)
      for (const { row, proof, by } of able) movesAlone(verdictWith(proof, by), row.id, cause)
    }
  )

  it("the policy names the causes that each row can have, and no other", () => {
    const always = ["missing", "forged", "clock"]
    const hidden = (proof: ProofPolicy) =>
      Object.values(proof.facts).some((rule) => rule.rule === "word" && rule.hidden.length > 0)
    for (const row of rows.filter(({ proofs: needed }) => needed.length > 0)) {
      const own = proofs.filter((one) => one.row === row).map(({ proof }) => proof)
      const found = own.flatMap((proof) => [
        ...always,
        ...changes.flatMap(([cause, , change]) => (change(firstOf(proof), proof) === undefined ? [] : [cause])),
        ...(hidden(proof) ? ["not_observable"] : [])
      ])
      assert.deepStrictEqual([...new Set(found)].toSorted(), causesOf(row).toSorted(), row.id)
    }
  })

  it("a record counts only with the signature of a trusted recorder", () => {
    for (const { row, proof } of proofs) {
      for (const signature of ["invalid", "unknown_recorder"] as const) {
        const recorded = genuine.map((one) => read(one, one === firstOf(proof) ? signature : "valid"))
        movesAlone(judge({ recorded }).rows, row.id, "forged")
      }
    }
  })

  it("a record is forged when it claims other code than the build record of its release", () => {
    for (const { row, proof } of proofs.filter((one) => one.proof.scope !== "I")) {
      const by = { ...firstOf(proof), manifest: digest("other code") }
      movesAlone(verdictWith(proof, by), row.id, "forged")
    }
  })

  it("an unsure clock leaves every age unknown, and every failure a failure", () => {
    const unsure = { ...situation, clock: "unsure" } as const
    for (const { row, proof } of proofs) {
      const found = (change: Partial<GateEvidence>) => {
        const recorded = replaced(proof, { ...firstOf(proof), ...change }).map((one) => read(one))
        return judge({ situation: unsure, recorded }).rows.find((one) => one.row === row.id)
      }
      for (const change of [{}, { first: 0, at: now - proof.maxAge - second }, { at: now + 1 }]) {
        assert.strictEqual(found(change)?.cause, "clock", row.id)
        assert.isTrue(found(change)?.alone)
      }
      assert.strictEqual(found({ result: "fail" })?.cause, "failed")
    }
  })

  it("a record that vanished under a living process is a fault of the gate", () => {
    for (const { row, proof } of proofs) {
      const { row: id, scope } = firstOf(proof)
      const vanished = [{ row: id, scope, result: "fail" } as const]
      movesAlone(judge({ situation: { ...situation, vanished } }).rows, row.id, "gate_fault")
    }
  })

  it("a record that no schema reads is a fault of the gate where nothing else proves its row", () => {
    for (const { row, proof } of proofs) {
      const unreadable = { digest: digest("later form"), unreadable: true, row: proof.id } as const
      const recorded = genuine.filter((one) => one !== firstOf(proof)).map((one) => read(one))
      movesAlone(judge({ recorded: [...recorded, unreadable] }).rows, row.id, "gate_fault")
      assert.strictEqual(judge({ recorded: [...genuine.map((one) => read(one)), unreadable] }).state, "GO")
    }
  })
})
