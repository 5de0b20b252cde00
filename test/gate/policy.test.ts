import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Digest from "effect/crypto/Digest"
import { digestOf } from "../../src/gate/evidence/seal.ts"
import { checklist, policyContent, rowsFor } from "../../src/gate/policy/checklist.ts"
import { ConfiguredChannel } from "../../src/gate/policy/configured.ts"
import { PolicyRow } from "../../src/gate/policy/policy.ts"
import { channels, genuine, instagram, judge, read, rowIn, rows, situation, whatsapp } from "./genuine.ts"

const ids = (configured: ReadonlyArray<ConfiguredChannel>) => rowsFor(checklist, configured).map(({ id }) => id)

/** The items of the checklist, in its order. */
const items = [
  ["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.2.1", "1.2.2", "1.2.3", "1.3.1", "1.3.2", "1.3.3"],
  ["2.1.1", "2.1.2", "2.1.3", "2.2.1", "2.2.2", "2.2.3"],
  ["3.1.1", "3.1.2", "3.1.3", "3.3.1", "3.3.2", "3.3.3", "3.3.4"],
  ["4.1.1", "4.1.2", "4.2.1", "4.2.2"],
  ["5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.2.1", "5.2.2", "5.2.3"],
  ["6.1.1", "6.1.2", "6.1.3", "6.1.4", "6.1.5"]
].flat()

describe("policy", () => {
  it("the policy has every item of the checklist, in its order, in both languages", () => {
    assert.deepStrictEqual(
      checklist.common.map(({ id }) => id),
      items
    )
    for (const { id, text, clears } of rows) {
      for (const { en, pt } of [text, clears]) assert.isTrue(en.length > 3 && pt.length > 3, id)
    }
    assert.strictEqual(new Set(ids(channels)).size, rows.length)
  })

  it("only the rows of section 3.2 follow the configuration", () => {
    const common = (configured: ReadonlyArray<ConfiguredChannel>) =>
      ids(configured).filter((id) => !id.startsWith("3.2:"))
    for (const configured of [[], [whatsapp], [instagram], channels]) assert.deepStrictEqual(common(configured), items)
    assert.deepStrictEqual(
      ids([whatsapp]).filter((id) => !items.includes(id)),
      [
        "3.2:whatsapp.mark_read",
        "3.2:whatsapp.reaction",
        "3.2:whatsapp.template",
        "3.2:whatsapp.text",
        "3.2:whatsapp.inbound",
        "3.2:whatsapp.media.up",
        "3.2:whatsapp.media.down",
        "3.2:whatsapp.path.call",
        "3.2:whatsapp.path.upload",
        "3.2:whatsapp.path.download"
      ]
    )
    assert.deepStrictEqual(
      ids([instagram]).filter((id) => id.includes(".path.")),
      ["3.2:instagram.path.call", "3.2:instagram.path.read-back", "3.2:instagram.path.echo"]
    )
  })

  it("a capability that is added to the configuration needs its own proof, and no other row moves", () => {
    const more = {
      ...whatsapp,
      capabilities: [...whatsapp.capabilities, { id: "location", acknowledged: "delivered" as const }]
    }
    const configured = [more, instagram]
    const verdict = judge({ rows: rowsFor(checklist, configured), situation: { ...situation, channels: configured } })
    const open = verdict.rows.filter(({ state }) => state !== "GO").map(({ row }) => row)
    assert.deepStrictEqual(open, ["3.2:whatsapp.location", "6.1.2", "6.1.3"])
  })

  it("each variant of a connector needs its own proof of a capability, and an account of a proven variant needs none", () => {
    const facebook = { ...instagram, variant: "login_facebook" }
    const configured = [...channels, facebook]
    const verdict = judge({ rows: rowsFor(checklist, configured), situation: { ...situation, channels: configured } })
    const found = rowIn(verdict.rows, "3.2:instagram.text")
    assert.strictEqual(found?.cause, "other_variant")
    assert.include(found?.said.en, "login_facebook")
    assert.strictEqual(rowIn(verdict.rows, "3.2:whatsapp.text")?.state, "GO")
  })

  it("a capability whose acknowledgement is not declared, or weaker than the policy has it, is unknown", () => {
    const as = (capability: ConfiguredChannel["capabilities"][number]) => {
      const configured = [{ ...whatsapp, capabilities: [capability] }]
      const judged = judge({ rows: rowsFor(checklist, configured), situation: { ...situation, channels: configured } })
      return rowIn(judged.rows, `3.2:whatsapp.${capability.id}`)
    }
    assert.strictEqual(as({ id: "text", acknowledged: "delivered" })?.state, "GO")
    assert.deepInclude(as({ id: "text" }), { state: "UNKNOWN", cause: "not_observable" })
    assert.deepInclude(as({ id: "text", acknowledged: "accepted" }), { state: "UNKNOWN", cause: "gate_fault" })
    assert.strictEqual(as({ id: "mark_read", acknowledged: "accepted" })?.state, "GO")
  })

  it("an inbound event that nothing can confirm is not observable", () => {
    const { confirmInbound: _, ...channel } = whatsapp
    const configured = [channel]
    const found = judge({
      rows: rowsFor(checklist, configured),
      situation: { ...situation, channels: configured }
    }).rows
    assert.deepInclude(rowIn(found, "3.2:whatsapp.inbound"), { state: "UNKNOWN", cause: "not_observable" })
  })

  it("mark_read counts only for an event that was admitted here", () => {
    const recorded = genuine.map((one) =>
      read(one.row === "3.2:whatsapp.mark_read" ? { ...one, facts: { answers: 1, admitted_events: 0 } } : one)
    )
    assert.strictEqual(rowIn(judge({ recorded }).rows, "3.2:whatsapp.mark_read")?.cause, "failed")
  })

  it("rows and channels are plain data: they are decoded from their JSON", () => {
    const options = { onExcessProperty: "error" } as const
    const decode = Schema.decodeUnknownResult(Schema.Array(PolicyRow), options)
    assert.deepStrictEqual(Result.getOrUndefined(decode(JSON.parse(JSON.stringify(rows)))), rows)
    const channel = Schema.decodeUnknownResult(ConfiguredChannel, options)
    assert.deepStrictEqual(Result.getOrUndefined(channel(JSON.parse(JSON.stringify(whatsapp)))), whatsapp)
  })

  it.effect("the digest of the policy changes with any of its rows", () =>
    Effect.gen(function* () {
      const whole = yield* digestOf(policyContent(checklist))
      assert.match(whole, /^sha256:[0-9a-f]{64}$/)
      for (const [index, row] of checklist.common.entries()) {
        const common = checklist.common.with(index, { ...row, alone: !row.alone })
        assert.notStrictEqual(yield* digestOf(policyContent({ ...checklist, common })), whole)
      }
    }).pipe(Effect.provide(Digest.layerWebCrypto))
  )
})
