import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json } from "../../../src/domain/json.ts"
import { atOnce } from "../../../src/domain/pieces.ts"
import { wholeRecord } from "../../../src/inbound/event-log/event-log.ts"
import { normalizeItem, unparsable } from "../../../src/inbound/admit/normalize.ts"
import { decodeEvent } from "../../../src/inbound/event-log/event-codec.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { IdHash } from "../../../src/secrets/id-hash.ts"
import { Sealer } from "../../../src/secrets/sealer.ts"
import { everyAccount, fixtureChannel } from "../../fakes/channel.ts"
import { baseLayer } from "../harness.ts"

const now = 1_780_000_000_000

const harness = Effect.gen(function* () {
  const channel = yield* fixtureChannel()
  const sealer = yield* Sealer
  const tools = { hash: yield* IdHash, sealer, partitions: 8, now }
  const one = (body: Json, signedFor = everyAccount(channel)) => {
    const [decoded] = channel.decode([body])
    return decoded === undefined ? assert.fail("expected an item") : normalizeItem(tools, channel, decoded, signedFor)
  }
  const quarantinedAs = (bytes: Uint8Array) => atOnce(unparsable(tools, channel, "invalid_json", bytes))
  return { one, quarantinedAs, sealer }
})

/** What a quarantine record says in the open, and how much content it keeps. */
const halves = (record: string) => {
  const [open = "", sealed = ""] = record.split("\n")
  return { open: JSON.parse(open), sealed }
}

const message = { id: "m1", account: "100", from: "+1555" }

describe("webhook items", () => {
  it.effect("an item goes to the runtime, and one with evidence to the ledger too", () =>
    Effect.gen(function* () {
      const { one } = yield* harness
      assert.deepStrictEqual(one(message).entry.consumers, ["runtime"])
      assert.deepStrictEqual(one({ ...message, status: "sent" }).entry.consumers, ["runtime", "ledger"])
      const { accountId, eventType, reason } = one(message)
      assert.deepStrictEqual<ReadonlyArray<unknown>>(
        [accountId, eventType, reason],
        ["front", "fixture.message.text", undefined]
      )
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an item has the provider's time, else ours, and a new correlation id each time it arrives", () =>
    Effect.gen(function* () {
      const { one, sealer } = yield* harness
      const timed = yield* decodeEvent(sealer, wholeRecord(one({ ...message, at: 1_779_999_999_000 }).entry))
      assert.strictEqual(timed.occurredAt, 1_779_999_999_000)
      const untimed = one(message)
      assert.strictEqual((yield* decodeEvent(sealer, wholeRecord(untimed.entry))).occurredAt, now)
      assert.notStrictEqual(one(message).correlationId, untimed.correlationId)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an item for an unconfigured account is quarantined under a key derived from its identity", () =>
    Effect.gen(function* () {
      const { one } = yield* harness
      const item = one({ ...message, account: "300" })
      assert.deepInclude(item, { reason: "unknown_account", partition: partitionOf(item.key, 8) })
      assert.deepInclude(item.entry, { sort: "quarantine", consumers: [], key: item.key })
      assert.strictEqual(one({ ...message, account: "300", from: "+1666" }).key, item.key)
      assert.notStrictEqual(one({ ...message, account: "400" }).key, item.key)
      assert.notStrictEqual(one({ ...message, account: "300", id: "m2" }).key, item.key)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G29 an item for an account outside the signing secret is quarantined under a key of its own", () =>
    Effect.gen(function* () {
      const { one } = yield* harness
      const mine = one(message, new Set(["100"]))
      assert.deepStrictEqual([mine.entry.sort, mine.accountId], ["event", "front"])
      const foreign = one(message, new Set(["200"]))
      assert.deepInclude(foreign, { reason: "foreign_secret", partition: partitionOf(foreign.key, 8) })
      assert.deepInclude(foreign.entry, { sort: "quarantine", consumers: [], key: foreign.key })
      assert.notProperty(foreign, "accountId")
      assert.notStrictEqual<string>(foreign.key, mine.key)
      assert.strictEqual(one(message, new Set()).key, foreign.key)
      const stranger = one({ ...message, account: "300" }, new Set(["300"]))
      assert.strictEqual(stranger.reason, "unknown_account")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    "an item that cannot be decoded is quarantined under a key of its value, whatever the order of members",
    () =>
      Effect.gen(function* () {
        const { one } = yield* harness
        const item = one({ a: 1, b: { c: 2, d: [3] } })
        assert.strictEqual(item.reason, "payload")
        assert.strictEqual(one({ b: { d: [3], c: 2 }, a: 1 }).key, item.key)
        const others = ['{"__proto__":{"c":2}}', '{"__proto__":{"c":3}}', '{"constructor":1}', "{}", "[]", '""', "null"]
        const keys = others.map((text): string => one(JSON.parse(text)).key)
        assert.strictEqual(new Set([item.key, ...keys]).size, others.length + 1)
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G28 a body that cannot be parsed is quarantined under a key of its exact bytes", () =>
    Effect.gen(function* () {
      const { quarantinedAs } = yield* harness
      const bytes = (...of: ReadonlyArray<number>) => Uint8Array.from(of)
      const every = Array.from({ length: 256 }, (_, byte) => quarantinedAs(bytes(byte)).key)
      assert.strictEqual(new Set(every).size, 256)
      assert.strictEqual(quarantinedAs(bytes(0xc3, 0x28)).key, quarantinedAs(bytes(0xc3, 0x28)).key)
      assert.notStrictEqual(quarantinedAs(bytes()).key, quarantinedAs(bytes(0)).key)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G28 a quarantined item keeps at most 256 KiB of its content, and records the full size", () =>
    Effect.gen(function* () {
      const { quarantinedAs } = yield* harness
      const small = halves(quarantinedAs(new TextEncoder().encode("x".repeat(200_000))).entry.record)
      assert.isUndefined(small.open.cut)
      assert.isAbove(small.sealed.length, 200_000)
      const item = quarantinedAs(new TextEncoder().encode("x".repeat(3_000_000)))
      const large = halves(item.entry.record)
      assert.strictEqual(large.open.cut, 3_000_000)
      assert.isBelow(item.entry.record.length, 263_000)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the open part of an item shows nothing of its content", () =>
    Effect.gen(function* () {
      const { one } = yield* harness
      const canary = "canary-15550102030"
      const shown = [
        one({ id: canary, account: "100", from: canary, text: canary }),
        one({ id: canary, account: canary, from: canary }),
        one({ note: canary })
      ].map(({ entry, ...rest }) => JSON.stringify([rest, entry.key, entry.record.split("\n")[0]]))
      for (const text of shown) assert.notInclude(text, canary)
    }).pipe(Effect.provide(baseLayer))
  )
})
