import { assert, describe, it } from "@effect/vitest"
import type { GateEvidence } from "../../src/gate/evidence/evidence.ts"
import type { RecordedEvidence } from "../../src/gate/judge/situation.ts"
import { changed, digest, genuine, judge, read, rowIn, seenAt, situation } from "./genuine.ts"

const crash = genuine.find(({ row }) => row === "3.1.1") ?? assert.fail("no record of the drill")
const text = genuine.find(({ row }) => row === "3.2:whatsapp.text") ?? assert.fail("no record of the capability")
const all = genuine.map((one) => read(one))
const also = (...more: ReadonlyArray<GateEvidence>) => [...all, ...more.map((one) => read(one))]

const found = (id: string, recorded: ReadonlyArray<RecordedEvidence>) => rowIn(judge({ recorded }).rows, id)

describe("several records of one row", () => {
  it("the last run of a drill counts, whichever way it ended, and its number of runs is shown", () => {
    const failed: GateEvidence = { ...crash, result: "fail" }
    assert.strictEqual(found("3.1.1", also({ ...failed, at: seenAt - 1 }))?.state, "GO")
    assert.strictEqual(found("3.1.1", also({ ...failed, at: seenAt - 1 }))?.runs, 3)
    assert.strictEqual(found("3.1.1", also({ ...failed, at: seenAt + 1 }))?.cause, "failed")
    assert.strictEqual(found("3.1.1", also({ ...failed, at: seenAt }))?.cause, "failed")
  })

  it("a failure does not age", () => {
    const first = 0
    const old = changed("3.1.1", (one) => ({ ...one, result: "fail", first, at: seenAt - 200 * 86_400_000 }))
    assert.strictEqual(found("3.1.1", old)?.cause, "failed")
  })

  it("a violation stays for its code, also after later successes and in another configuration or variant", () => {
    const violation: GateEvidence = { ...crash, result: "fail", sticky: true, at: seenAt - 1_000, first: 0 }
    assert.strictEqual(found("3.1.1", also(violation))?.cause, "failed")
    const { scope } = text
    if (scope.of !== "C") return assert.fail("not of a channel")
    const elsewhere = { ...scope, section: digest("other"), variant: "other" }
    const ofText: GateEvidence = { ...text, result: "fail", sticky: true, at: seenAt - 1_000, first: 0 }
    assert.strictEqual(found("3.2:whatsapp.text", also({ ...ofText, scope: elsewhere }))?.cause, "failed")
    const { sticky: _, ...plain } = ofText
    assert.strictEqual(found("3.2:whatsapp.text", also({ ...plain, sticky: false, scope: elsewhere }))?.state, "GO")
  })

  it("a violation of other code counts no more", () => {
    const { scope } = crash
    if (scope.of !== "R") return assert.fail("not of a run")
    const other = { ...crash, scope: { ...scope, core: digest("core before") }, result: "fail", sticky: true } as const
    assert.strictEqual(found("3.1.1", also(other))?.state, "GO")
  })

  it("a second effect in traffic is a violation, although no traffic needs to be recorded for it", () => {
    const withoutTraffic = genuine.filter(({ row }) => row !== "3.1.2#traffic").map((one) => read(one))
    assert.strictEqual(found("3.1.2", withoutTraffic)?.state, "GO")
    const second = changed("3.1.2#traffic", (one) => ({
      ...one,
      result: "fail",
      sticky: true,
      facts: { intents: 5, second_ids: 1 }
    }))
    assert.strictEqual(found("3.1.2", second)?.cause, "failed")
  })

  it("a record that only began waits, and undoes no success before it", () => {
    const begun: GateEvidence = { ...text, result: "begun", at: seenAt + 1 }
    assert.strictEqual(found("3.2:whatsapp.text", also(begun))?.state, "GO")
    const failed: GateEvidence = { ...text, result: "fail", at: seenAt }
    assert.strictEqual(found("3.2:whatsapp.text", also(failed, begun))?.cause, "waiting")
    assert.strictEqual(found("3.2:whatsapp.text", also({ ...failed, at: seenAt + 2 }, begun))?.cause, "failed")
  })

  it("simulated traffic neither proves a row nor takes the proof of genuine traffic away", () => {
    const simulated: GateEvidence = { ...text, genuine: false, at: seenAt + 1 }
    assert.strictEqual(found("3.2:whatsapp.text", also(simulated))?.state, "GO")
    const only = changed("3.2:whatsapp.text", (one) => ({ ...one, genuine: false }))
    assert.strictEqual(found("3.2:whatsapp.text", only)?.cause, "missing")
  })

  it("a failure counts although it reached no genuine provider and no known account", () => {
    const { account: _, ...rest } = text
    const failed: GateEvidence = { ...rest, genuine: false, result: "fail", at: seenAt + 1 }
    assert.strictEqual(found("3.2:whatsapp.text", also(failed))?.cause, "failed")
  })

  it("a forged record counts until a trusted recorder writes a newer one", () => {
    const forged = (at: number) => [...all, read({ ...crash, result: "fail", at }, "invalid")]
    assert.strictEqual(found("3.1.1", forged(seenAt + 1))?.cause, "forged")
    assert.strictEqual(found("3.1.1", forged(seenAt - 1))?.state, "GO")
  })

  it("the words of a paused account are in the sentence of its row", () => {
    const paused = changed("1.1.3#altered-token", (one) => ({ ...one, facts: { outcome: "paused", sends: 0 } }))
    const row = found("1.1.3", paused)
    assert.strictEqual(row?.state, "GO")
    assert.include(row?.said.en, "paused, not refused")
    assert.include(row?.said.pt, "pausada, não recusada")
    const sent = changed("1.1.3#altered-token", (one) => ({ ...one, facts: { outcome: "paused", sends: 1 } }))
    assert.strictEqual(found("1.1.3", sent)?.cause, "failed")
  })

  it("a fact that this gateway cannot know is not observable", () => {
    const hidden = changed("1.2.1", (one) => ({ ...one, facts: { source: "files_of_unknown_mount" } }))
    assert.strictEqual(found("1.2.1", hidden)?.cause, "not_observable")
    assert.strictEqual(found("1.2.1", hidden)?.state, "UNKNOWN")
    const inImage = changed("1.2.1", (one) => ({ ...one, facts: { source: "files_in_the_image" } }))
    assert.strictEqual(found("1.2.1", inImage)?.cause, "failed")
  })

  it("a drill may end with a code of the provider, after the word of the policy", () => {
    const code = (text: string) =>
      changed("1.1.3#altered-token", (one) =>
        one.by.kind === "drill" ? { ...one, by: { ...one.by, code: text } } : one
      )
    assert.strictEqual(found("1.1.3", code("auth_190"))?.state, "GO")
    assert.strictEqual(found("1.1.3", code("authority"))?.cause, "failed")
    assert.strictEqual(found("1.1.3", code("unreachable"))?.cause, "failed")
  })

  it("the order of the records changes nothing", () => {
    const extra = also({ ...crash, result: "fail", at: seenAt + 1 }, { ...text, result: "begun", at: seenAt + 1 })
    assert.deepStrictEqual(judge({ recorded: extra.toReversed() }), judge({ recorded: extra }))
  })

  it("a record is forged when one digest that it claims is not that of its build record", () => {
    const builds = situation.builds
    const other = digest("other")
    const claims = (id: string, manifest: typeof situation.release, more: Partial<(typeof builds)[string]>) => {
      const build = builds[situation.release] ?? assert.fail("no build record")
      const recorded = genuine.map((one) => read(one.row === id ? { ...one, manifest } : one))
      const claimed = { ...situation, builds: { ...builds, [manifest]: { ...build, ...more } } }
      return rowIn(judge({ situation: claimed, recorded }).rows, id)?.cause
    }
    const manifest = digest("another build")
    assert.isUndefined(claims("3.1.1", manifest, {}))
    assert.strictEqual(claims("3.1.1", manifest, { core: other }), "forged")
    assert.strictEqual(claims("3.1.1", manifest, { connectors: { whatsapp: other } }), "forged")
    assert.strictEqual(claims("3.2:whatsapp.text", manifest, { connectors: { whatsapp: other } }), "forged")
    assert.strictEqual(claims("5.2.2", manifest, { storage: other }), "forged")
  })

  it("a connector that was added since a run was recorded is other code, and one that was removed is not", () => {
    const { whatsapp } = situation.builds[situation.release]?.connectors ?? {}
    const without = genuine.map((one) =>
      read(
        one.row === "1.1.2" && one.scope.of === "R"
          ? { ...one, scope: { ...one.scope, connectors: { whatsapp: whatsapp ?? "" } } }
          : one
      )
    )
    assert.strictEqual(found("1.1.2", without)?.cause, "other_code")
    const onlyWhatsapp = { ...situation, channels: situation.channels.slice(0, 1) }
    assert.strictEqual(rowIn(judge({ situation: onlyWhatsapp, recorded: without }).rows, "1.1.2")?.state, "GO")
  })
})
