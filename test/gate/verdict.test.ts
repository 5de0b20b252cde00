import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { checklist, rowsFor } from "../../src/gate/policy/checklist.ts"
import { exitCodeOf, GateVerdict, wholeState } from "../../src/gate/verdict.ts"
import type { Cause } from "../../src/gate/words.ts"
import { changed, genuine, judge, previous, read, release, rowIn, rows, situation } from "./genuine.ts"

const all = genuine.map((one) => read(one))
const failed = changed("1.1.2", (one) => ({ ...one, result: "fail" }))
const begun = changed("2.2.1", (one) => ({ ...one, result: "begun" }))

const local = { ...situation, environment: "local" } as const
const rehearsed = genuine.map((one) => read({ ...one, environment: "local" }))

describe("verdict", () => {
  it("a verdict exits with 0 when all is GO, with 1 when a row is NO-GO, and else with 3 when a row is UNKNOWN", () => {
    assert.deepInclude(judge(), { state: "GO", exitCode: 0, rehearsal: false })
    assert.deepInclude(judge({ recorded: failed }), { state: "NO-GO", exitCode: 1 })
    assert.deepInclude(judge({ recorded: begun }), { state: "UNKNOWN", exitCode: 3 })
    const both = [...begun, ...failed.filter((one) => "evidence" in one && one.evidence.result === "fail")]
    assert.deepInclude(judge({ recorded: both }), { state: "NO-GO", exitCode: 1 })
  })

  it("a rehearsal is never GO and always exits with 3", () => {
    const seen = judge({ situation: local, recorded: rehearsed })
    assert.deepInclude(seen, { state: "SEEN", exitCode: 3, rehearsal: true })
    assert.isTrue(seen.rows.every((row) => row.rehearsal && row.state === "SEEN"))
    const nothing = judge({ situation: local, recorded: [] })
    assert.deepInclude(nothing, { state: "NO-GO", exitCode: 3 })
    for (const state of ["GO", "NO-GO", "UNKNOWN", "SEEN"] as const) assert.strictEqual(exitCodeOf(state, true), 3)
  })

  it("a rehearsal sees what simulated providers and unproven accounts caused, by the code of the process", () => {
    const code = situation.builds[release]
    const bare = { ...situation, builds: {}, accounts: {}, ...(code === undefined ? {} : { rehearsed: code }) }
    const simulated = genuine.map((one) => ({ ...one, genuine: false }))
    const recorded = simulated.map((one) => read({ ...one, environment: "local" }))
    const seen = judge({ situation: { ...bare, environment: "local" }, recorded })
    const open = seen.rows.filter(({ state }) => state !== "SEEN").map(({ row }) => row)
    assert.deepStrictEqual(open, ["1.3.1", "1.3.2", "1.3.3", "5.2.1", "5.2.2", "5.2.3", "6.1.1", "6.1.2"])
    assert.deepInclude(seen, { state: "NO-GO", exitCode: 3 })
    const other = judge({ situation: { ...bare, environment: "local", release: previous }, recorded })
    assert.strictEqual(rowIn(other.rows, "1.1.2")?.cause, "other_code")
    const staging = judge({ situation: bare, recorded: simulated.map((one) => read(one)) })
    assert.strictEqual(rowIn(staging.rows, "1.1.2")?.cause, "other_code")
    assert.strictEqual(rowIn(staging.rows, "3.2:whatsapp.text")?.cause, "other_code")
  })

  it("a release whose build records are refused says why", () => {
    const refused = {
      ...situation,
      builds: {},
      refusedBuilds: ["record.json: expected a signature by k, found 1 by other keys"]
    }
    const said = rowIn(judge({ situation: refused }).rows, "1.3.1")?.said
    assert.include(said?.en, "in no signed build record (record.json: expected a signature by k")
    assert.include(said?.pt, "(record.json: expected a signature by k")
  })

  it("evidence of a rehearsal proves nothing in staging, and evidence of staging nothing in a rehearsal", () => {
    for (const verdict of [judge({ recorded: rehearsed }), judge({ situation: local, recorded: all })]) {
      const found = verdict.rows.filter(({ cause }) => cause === "other_deployment")
      assert.isAbove(found.length, 40)
      assert.strictEqual(verdict.state, "NO-GO")
    }
  })

  it("nothing is NO-GO everywhere: no evidence, build record, section or channel leaves no row GO", () => {
    const empty = { ...situation, builds: {}, sections: {}, channels: [], accounts: {}, recorders: {} }
    const verdict = judge({ rows: rowsFor(checklist, []), situation: empty, recorded: [] })
    assert.isAbove(verdict.rows.length, 35)
    assert.deepStrictEqual(
      verdict.rows.filter(({ state }) => state !== "NO-GO"),
      []
    )
    assert.deepInclude(verdict, { state: "NO-GO", exitCode: 1 })
    assert.strictEqual(wholeState([], false), "NO-GO")
  })

  it("an empty store leaves no row with a proof GO", () => {
    const verdicts = judge({ recorded: [] }).rows
    for (const { id } of rows.filter(({ proofs }) => proofs.length > 0)) {
      assert.strictEqual(rowIn(verdicts, id)?.cause, "missing", id)
    }
  })

  it("evidence without a configured capability is NO-GO", () => {
    const bare = situation.channels.map((channel) => ({ ...channel, capabilities: [] }))
    const verdict = judge({ rows: rowsFor(checklist, bare), situation: { ...situation, channels: bare } })
    assert.strictEqual(rowIn(verdict.rows, "6.1.3")?.cause, "missing")
    assert.strictEqual(verdict.exitCode, 1)
  })

  it("evidence for rows that do not exist changes nothing", () => {
    const [first = assert.fail("no evidence")] = genuine
    const stray = ["3.2:messenger.text", "9.9.9", "6.1.2", "5.1.1", "1.3.1", "1.1.2#more"].flatMap((row) =>
      (["pass", "fail", "begun"] as const).map((result) => read({ ...first, row, result }))
    )
    assert.deepStrictEqual(judge({ recorded: [...all, ...stray] }), judge())
    assert.deepStrictEqual(judge({ recorded: stray }), judge({ recorded: [] }))
  })

  it("a derived row repeats the worst of its rows, and is recorded by nothing", () => {
    const verdicts = judge({ recorded: failed }).rows
    assert.strictEqual(rowIn(verdicts, "6.1.2")?.cause, "failed")
    assert.include(rowIn(verdicts, "6.1.2")?.said.en, "1.1.2")
    for (const id of ["6.1.3", "6.1.4", "6.1.5"]) assert.strictEqual(rowIn(verdicts, id)?.state, "GO")
    const waits = judge({ recorded: begun }).rows
    assert.deepInclude(rowIn(waits, "6.1.2"), { state: "UNKNOWN", cause: "waiting", alone: true })
  })

  it("a verdict is decoded from its JSON, and a verdict with another member is refused", () => {
    const decode = Schema.decodeUnknownResult(GateVerdict, { onExcessProperty: "error" })
    const verdict = judge({ recorded: begun })
    assert.deepStrictEqual(Result.getOrUndefined(decode(JSON.parse(JSON.stringify(verdict)))), verdict)
    assert.isTrue(Result.isFailure(decode({ ...verdict, opinion: "fine" })))
  })
})

const build = situation.builds[release] ?? assert.fail("no build record")
const before = situation.builds[previous] ?? assert.fail("no build record")
const withBuilds = (builds: typeof situation.builds) => judge({ situation: { ...situation, builds } }).rows
const withBuild = (more: Partial<typeof build>) => withBuilds({ ...situation.builds, [release]: { ...build, ...more } })

const suite = build.suites["whatsapp"] ?? assert.fail("no suite")
const wrongBuilds: ReadonlyArray<readonly [id: string, more: Partial<typeof build>, cause: Cause]> = [
  ["1.3.1", { versionsAgree: false }, "failed"],
  ["1.3.2", { equalBuilds: 1 }, "failed"],
  ["1.3.3", { results: "failed" }, "failed"],
  ["1.3.3", { results: "pending" }, "missing"],
  ["6.1.1", { suites: {} }, "missing"],
  ["6.1.1", { suites: { ...build.suites, whatsapp: { ...suite, passed: 0 } } }, "missing"],
  ["6.1.1", { suites: { ...build.suites, whatsapp: { ...suite, skipped: 1 } } }, "failed"],
  ["6.1.1", { suites: { ...build.suites, whatsapp: { ...suite, failed: 1 } } }, "failed"]
]

describe("rows of the build", () => {
  it.each(wrongBuilds)("the row %s with the build fact %o has the cause %s", (id, more, cause) => {
    const verdicts = withBuild(more)
    assert.strictEqual(rowIn(verdicts, id)?.cause, cause)
    const others = verdicts.filter(({ row, state }) => state !== "GO" && row !== id && row !== "6.1.2")
    assert.deepStrictEqual(others, [])
  })

  it("a release without a build record has none of its rows", () => {
    const verdicts = withBuilds({ [previous]: before })
    for (const id of ["1.3.1", "1.3.2", "1.3.3", "6.1.1"]) assert.strictEqual(rowIn(verdicts, id)?.cause, "missing")
    for (const id of ["1.1.2", "3.1.1", "3.2:whatsapp.text"]) {
      assert.strictEqual(rowIn(verdicts, id)?.cause, "other_code")
    }
  })

  it("a rollback must have gone to other code that was built and recorded earlier", () => {
    const causes = (builds: typeof situation.builds) =>
      ["5.2.1", "5.2.2", "5.2.3"].map((id) => rowIn(withBuilds(builds), id)?.cause)
    assert.deepStrictEqual(causes(situation.builds), [undefined, undefined, undefined])
    assert.deepStrictEqual(causes({ [release]: build }), ["other_code", "other_code", "other_code"])
    assert.deepStrictEqual(causes({ [release]: build, [previous]: { ...build, recordedAt: 0 } }), [
      "failed",
      "failed",
      "failed"
    ])
    const later = { ...before, recordedAt: build.recordedAt + 1 }
    assert.deepStrictEqual(causes({ [release]: build, [previous]: later }), [undefined, undefined, "failed"])
  })
})

describe("rows of parity", () => {
  const compared = (fields: ReadonlyArray<readonly [string, string, "chosen" | "world"]>, firstActivation: boolean) =>
    judge({
      situation: {
        ...situation,
        parity: {
          firstActivation,
          fields: ["5.1.1", "5.1.2", "5.1.3", "5.1.4"].flatMap((row) =>
            fields.map(([staging, production, origin]) => ({ row, name: "store.kind", staging, production, origin }))
          )
        }
      }
    }).rows

  it("a chosen field that differs refuses always, and the sentence has both values", () => {
    for (const first of [true, false]) {
      const found = rowIn(compared([["cluster", "single", "chosen"]], first), "5.1.2")
      assert.strictEqual(found?.cause, "other_configuration")
      assert.include(found?.said.en, "store.kind: staging cluster, production single")
    }
  })

  it("a field of the world that differs refuses a first activation, and is only named later", () => {
    assert.strictEqual(rowIn(compared([["7.2", "7.4", "world"]], true), "5.1.2")?.cause, "other_configuration")
    const later = rowIn(compared([["7.2", "7.4", "world"]], false), "5.1.2")
    assert.strictEqual(later?.state, "GO")
    assert.include(later?.said.en, "7.4")
  })

  it("equal fields are GO, and no field at all is missing", () => {
    assert.strictEqual(rowIn(compared([["a", "a", "chosen"]], true), "5.1.4")?.state, "GO")
    assert.strictEqual(rowIn(compared([], true), "5.1.4")?.cause, "missing")
  })

  it("staging states the sections that production will compare, and misses one that it does not know", () => {
    const { platform: _, ...sections } = situation.sections
    const verdicts = judge({ situation: { ...situation, sections } }).rows
    assert.strictEqual(rowIn(verdicts, "5.1.1")?.cause, "missing")
    assert.strictEqual(rowIn(verdicts, "5.1.2")?.state, "GO")
  })
})
