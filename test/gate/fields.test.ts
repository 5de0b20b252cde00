import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import type { Json } from "../../src/domain/json.ts"
import { isJsonObject } from "../../src/domain/json.ts"
import { decodeEvidence, type GateEvidence } from "../../src/gate/evidence/evidence.ts"
import type { RecordedEvidence } from "../../src/gate/judge/situation.ts"
import type { VerdictRow } from "../../src/gate/verdict.ts"
import { digest, genuine, judge, now, read, rows } from "./genuine.ts"

type Path = ReadonlyArray<string>

/** Returns the path of every leaf of a record. */
const leavesOf = (value: Json, path: Path = []): ReadonlyArray<Path> =>
  isJsonObject(value) ? Object.entries(value).flatMap(([name, one]) => leavesOf(one, [...path, name])) : [path]

const at = (value: Json, [name, ...rest]: Path): Json =>
  name === undefined ? value : at(isJsonObject(value) ? (value[name] ?? null) : null, rest)

const put = (value: Json, [name, ...rest]: Path, leaf: Json): Json => {
  if (name === undefined) return leaf
  const object = isJsonObject(value) ? value : {}
  return { ...object, [name]: put(object[name] ?? null, rest, leaf) }
}

const drop = (value: Json, [name, ...rest]: Path): Json => {
  if (name === undefined || !isJsonObject(value)) return value
  const { [name]: leaf = null, ...others } = value
  return rest.length === 0 ? others : { ...others, [name]: drop(leaf, rest) }
}

const other = (leaf: Json): ReadonlyArray<Json> => {
  if (typeof leaf === "boolean") return [!leaf]
  if (typeof leaf === "number") return [leaf + 1, leaf - 1, 0, now + 1].filter((one) => one !== leaf)
  if (typeof leaf !== "string") return []
  return [leaf.startsWith("sha256:") ? digest("other") : "other"]
}

const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value))

/** Reads a changed record as the store would hand it over: signed again by its recorder, or unreadable. */
const reread = (value: Json): RecordedEvidence =>
  Result.match(decodeEvidence(value), {
    onFailure: () => ({ digest: digest("unreadable"), unreadable: true }),
    onSuccess: (evidence) => read(evidence)
  })

const whole = genuine.map((one) => read(one))
/** A row without its digests, which every change of a record changes. */
const shown = (verdicts: ReadonlyArray<VerdictRow>) => verdicts.map(({ evidence: _, ...rest }) => rest)
/** Returns the verdict on the row of a record, with another value of that record. */
const verdictWith = (index: number, changed: RecordedEvidence | undefined) => {
  const id = genuine[index]?.row
  return judge({
    rows: rows.filter(({ proofs }) => proofs.some((proof) => proof.id === id)),
    recorded: whole.map((one, place) => (place === index && changed !== undefined ? changed : one))
  })
}

const isWatched = ({ row }: GateEvidence) =>
  rows.some(({ proofs }) => proofs.some(({ id, watch }) => id === row && watch === true))

/** Fields that a verdict repeats in its sentence. Another valid value of them leaves the state as it is. */
const repeated = new Set(["first", "count", "by.run", "by.runs", "by.client", "by.boot", "by.fault.fired"])

describe("fields of evidence", () => {
  it("every recorded field is read: another value of it changes the row", () => {
    let fields = 0
    for (const [index, one] of genuine.entries()) {
      const record = jsonOf(one)
      const asGenuine = JSON.stringify(shown(verdictWith(index, undefined).rows))
      for (const path of leavesOf(record).filter(([name]) => name !== "signature")) {
        const name = path.join(".")
        const verdicts = other(at(record, path)).map((leaf) => verdictWith(index, reread(put(record, path, leaf))))
        const moved = verdicts.filter(({ state }) => state !== "GO")
        const changes = verdicts.filter(({ rows: found }) => JSON.stringify(shown(found)) !== asGenuine)
        assert.isNotEmpty(changes, `${one.row} ${name} is read by no verdict`)
        if (!repeated.has(name) && !isWatched(one) && !(name === "genuine" && !one.genuine)) {
          assert.isNotEmpty(moved, `${one.row} ${name} moves no row`)
        }
        fields++
      }
    }
    assert.isAbove(fields, 1_000)
  })

  it("no record does without one of its fields", () => {
    for (const [index, one] of genuine.entries()) {
      const record = jsonOf(one)
      for (const path of leavesOf(record)) {
        if (isWatched(one)) continue
        assert.notStrictEqual(
          verdictWith(index, reread(drop(record, path))).state,
          "GO",
          `${one.row} ${path.join(".")}`
        )
      }
    }
  })

  it("the signature is read through the check that the caller makes of it", () => {
    const [first = assert.fail("no evidence"), ...others] = genuine
    const recorded = [read(first, "invalid"), ...others.map((one) => read(one))]
    assert.strictEqual(judge({ recorded }).rows.find(({ row }) => row === "1.1.1")?.cause, "forged")
  })
})
