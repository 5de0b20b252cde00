import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Channel, Channels } from "../../../src/connector/channel.ts"
import { isJsonObject, type Json } from "../../../src/domain/json.ts"
import { parseJson } from "../../../src/domain/parse-json.ts"
import { atOnce } from "../../../src/domain/pieces.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { QuarantineId } from "../../../src/domain/ids.ts"
import * as Admit from "../../../src/inbound/admit/admit.ts"
import { eventBody } from "../../../src/inbound/runtime/runtime.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import { normalizeItem, unparsable } from "../../../src/inbound/admit/normalize.ts"
import { decodeEvent } from "../../../src/inbound/event-log/event-codec.ts"
import { releaseQuarantined } from "../../../src/inbound/operate/release.ts"
import { releaseMany } from "../../../src/inbound/operate/bulk.ts"
import { Sealer } from "../../../src/secrets/sealer.ts"
import { everyAccount, fixtureChannel, raw } from "../../fakes/channel.ts"
import { RecordedLog } from "../../fakes/log.ts"
import {
  channel as instagramChannel,
  channelWith,
  linked,
  raw as instagramRaw
} from "../../plugins/instagram/channel.ts"
import { baseLayer } from "../harness.ts"

const harness = Layer.provideMerge(Admit.layer, baseLayer)
const message = { id: "m1", account: "300", from: "+1555", text: "hello" }

/** A webhook comes in as the channel stands: what is quarantined of it, by id. */
const come = Effect.fnUntraced(function* (channel: Channel, body: Json, signedFor = everyAccount(channel)) {
  const admit = yield* Admit.Admit
  const items = channel.decode(body).map((one) => normalizeItem(admit.tools(), channel, one, signedFor, () => body))
  yield* admit.admit(channel, items, 0)
  return items.filter(({ entry }) => entry.sort === "quarantine").map(({ key }) => QuarantineId.make(key))
})

/** Releases once the channel stands otherwise. */
const released = (channel: Channel, id: QuarantineId | undefined) =>
  releaseQuarantined(id ?? QuarantineId.make(`qua_${"0".repeat(32)}`)).pipe(
    Effect.provideService(Channels, new Map([[channel.id, channel]]))
  )

const grown = { ...raw.accounts, new: { secrets: { token: "fixture/new" }, settings: { number: "300" } } }
const withNew = fixtureChannel({ ...raw, accounts: grown })

const waiting = Effect.gen(function* () {
  const log = yield* EventLog
  const sealer = yield* Sealer
  const entries = [...(yield* log.pending(0, "runtime", 0, 99)), ...(yield* log.pending(1, "runtime", 0, 99))]
  return yield* Effect.forEach(entries, ({ record }) => decodeEvent(sealer, record))
})

const conserved = Effect.gen(function* () {
  const counts = yield* EventLog.use((log) => log.counts)
  assert.strictEqual(counts.received, counts.admitted + counts.deduped + counts.quarantined)
  assert.strictEqual(counts.admitted, counts.delivered + counts.deadLettered + counts.pending)
  return counts
})

const quarantine = EventRecords.use((records) => records.quarantine({ limit: 99, order: "oldest" })).pipe(
  Effect.map(({ entries }) => entries.map(({ id }) => id))
)

describe("release of a quarantined item", () => {
  it.effect(
    "an item released after its account was configured becomes its original event, with its correlation id",
    () =>
      Effect.gen(function* () {
        const before = yield* fixtureChannel()
        const [id] = yield* come(before, [message])
        assert.deepStrictEqual(yield* released(before, id), { _tag: "StaysQuarantined", reason: "unknown_account" })
        assert.deepStrictEqual<ReadonlyArray<string | undefined>>(yield* quarantine, [id])

        const now = yield* withNew
        const answer = yield* released(now, id)
        const [event, ...more] = yield* waiting
        assert.lengthOf(more, 0)
        assert.deepInclude(answer, { _tag: "Released", admitted: 1, deduped: 0 })
        assert.deepStrictEqual<unknown>(answer?._tag === "Released" ? answer.events : [], [event?.eventId])
        assert.deepStrictEqual<unknown>(
          [event?.account, event?.providerAccount, event?.type],
          ["new", "300", "fixture.message.text"]
        )
        assert.deepStrictEqual(event === undefined ? undefined : Personal.open(event.personal).content, message)
        const { lines } = yield* RecordedLog
        const quarantined = lines.find((line) => line.event === "inbound.quarantined")
        assert.strictEqual(event?.correlationId, quarantined?.fields.correlationId)
        assert.deepStrictEqual(yield* quarantine, [])

        assert.deepStrictEqual(yield* come(now, [message]), [])
        assert.lengthOf(yield* waiting, 1)
        assert.isUndefined(yield* released(now, id))
        const counts = yield* conserved
        assert.deepStrictEqual([counts.received, counts.admitted, counts.deduped, counts.again], [3, 1, 1, 1])
      }).pipe(Effect.provide(harness))
  )

  it.effect("an item quarantined for another account is released as today's decoder and configuration read it", () =>
    Effect.gen(function* () {
      const { linked: _linked, ...others } = instagramRaw.accounts
      const before = yield* channelWith({ ...instagramRaw, accounts: others })
      const own = { sender: { id: linked }, recipient: { id: "900000000000001" }, timestamp: 1_780_000_000_000 }
      const items = [
        { ...own, reaction: { mid: "m_1", action: "react" } },
        { ...own, message: { mid: "m_2", text: "a" } }
      ]
      const body = {
        object: "instagram",
        entry: [{ id: "45202218377435", time: 1_780_000_000_000, messaging: items }]
      }
      const [id, other] = yield* come(before, body)
      assert.deepStrictEqual(yield* released(before, id), { _tag: "StaysQuarantined", reason: "unknown_account" })
      const now = yield* instagramChannel
      assert.deepInclude(yield* released(now, id), { _tag: "Released", admitted: 1, deduped: 0 })
      assert.deepStrictEqual(
        (yield* waiting).map(({ type, account, providerAccount }) => [type, account, providerAccount]),
        [["instagram.echo.reaction", "linked", linked]]
      )
      assert.deepStrictEqual<ReadonlyArray<string | undefined>>(yield* quarantine, [other])
      yield* come(now, body)
      assert.deepStrictEqual(
        (yield* waiting).map(({ type }) => type),
        ["instagram.echo.reaction", "instagram.echo.text"]
      )
      assert.deepInclude(yield* released(now, other), { _tag: "Released", admitted: 0, deduped: 1 })
      yield* conserved
    }).pipe(Effect.provide(harness))
  )

  it.effect("a released item keeps every digit of a number", () =>
    Effect.gen(function* () {
      const [id] = yield* come(
        yield* fixtureChannel(),
        parseJson('[{"id":"m1","account":"300","n":15550000000000001}]')
      )
      yield* released(yield* withNew, id)
      const [event] = yield* waiting
      assert.include(event === undefined ? "" : eventBody(event), '"n":15550000000000001')
    }).pipe(Effect.provide(harness))
  )

  it.effect("a released item is deduplicated when its event was admitted meanwhile", () =>
    Effect.gen(function* () {
      const [id] = yield* come(yield* fixtureChannel(), [message])
      const now = yield* withNew
      yield* come(now, [message])
      const answer = yield* released(now, id)
      assert.deepInclude(answer, { _tag: "Released", admitted: 0, deduped: 1 })
      assert.lengthOf(yield* waiting, 1)
      assert.deepStrictEqual(yield* quarantine, [])
      yield* conserved
    }).pipe(Effect.provide(harness))
  )

  it.effect("an item that was not decoded is decoded again within its webhook, and stays while that fails", () =>
    Effect.gen(function* () {
      const before = yield* fixtureChannel()
      const odd = { number: "m7", account: "100" }
      const [id] = yield* come(before, [{ ...message, account: "100" }, odd])
      assert.deepStrictEqual(yield* released(before, id), { _tag: "StaysQuarantined", reason: "payload" })
      const withId = (value: Json): Json => (isJsonObject(value) && "number" in value ? { ...value, id: "m7" } : value)
      const now: Channel = { ...before, decode: (body) => before.decode(Array.isArray(body) ? body.map(withId) : body) }
      const answer = yield* released(now, id)
      assert.deepInclude(answer, { _tag: "Released", admitted: 1, deduped: 1 })
      const ids = (yield* waiting).map(({ personal }) => Personal.open(personal).providerId)
      assert.deepStrictEqual(ids.sort(), ["m1", "m7"])
      assert.deepStrictEqual(yield* quarantine, [])
      yield* conserved
    }).pipe(Effect.provide(harness))
  )

  it.effect("G29 a release admits no sibling of an account outside the signing secret", () =>
    Effect.gen(function* () {
      const before = yield* fixtureChannel()
      const odd = { number: "m7", account: "100" }
      const forged = { ...message, id: "m9", account: "200" }
      const ids = yield* come(before, [forged, odd], new Set(["100"]))
      assert.lengthOf(ids, 2)
      const withId = (value: Json): Json => (isJsonObject(value) && "number" in value ? { ...value, id: "m7" } : value)
      const now: Channel = { ...before, decode: (body) => before.decode(Array.isArray(body) ? body.map(withId) : body) }
      assert.deepInclude(yield* released(now, ids[1]), { _tag: "Released", admitted: 1, deduped: 0 })
      const admitted = (yield* waiting).map(({ personal }) => Personal.open(personal).providerId)
      assert.deepStrictEqual(admitted, ["m7"])
      assert.deepStrictEqual<ReadonlyArray<string | undefined>>(yield* quarantine, [ids[0]])
      yield* conserved
    }).pipe(Effect.provide(harness))
  )

  it.effect("an item stays when it is no JSON, of too long a webhook or of another connector", () =>
    Effect.gen(function* () {
      const channel = yield* fixtureChannel()
      const admit = yield* Admit.Admit
      const broken = atOnce(unparsable(admit.tools(), channel, "invalid_json", new TextEncoder().encode("{")))
      const long = [...(yield* come(channel, [{ a: 1 }, "x".repeat(70_000)]))]
      yield* admit.admit(channel, [broken], 0)
      assert.deepStrictEqual(yield* released(channel, QuarantineId.make(broken.key)), {
        _tag: "StaysQuarantined",
        reason: "no_content"
      })
      assert.deepStrictEqual(yield* released(channel, long[0]), { _tag: "StaysQuarantined", reason: "no_content" })
      const none = releaseQuarantined(QuarantineId.make(broken.key)).pipe(Effect.provideService(Channels, new Map()))
      assert.deepStrictEqual(yield* none, { _tag: "StaysQuarantined", reason: "unknown_connector" })
      assert.lengthOf(yield* quarantine, 3)
      assert.deepStrictEqual(yield* waiting, [])
      assert.strictEqual((yield* conserved).again, 0)
    }).pipe(Effect.provide(harness))
  )

  it.effect("G28 a body that was kept as text is released with every character it had", () =>
    Effect.gen(function* () {
      const channel = yield* fixtureChannel()
      const admit = yield* Admit.Admit
      const sent = { ...message, account: "100", text: "pronta — 😊" }
      const body = new TextEncoder().encode(JSON.stringify([sent]))
      const item = atOnce(unparsable(admit.tools(), channel, "invalid_json", body))
      yield* admit.admit(channel, [item], 0)
      assert.deepInclude(yield* released(channel, QuarantineId.make(item.key)), { _tag: "Released", admitted: 1 })
      const contents = (yield* waiting).map(({ personal }) => Personal.open(personal).content)
      assert.deepStrictEqual(contents, [sent])
    }).pipe(Effect.provide(harness))
  )

  it.effect("G29 items signed with a foreign secret are released only when the operator names that reason", () =>
    Effect.gen(function* () {
      const channel = yield* fixtureChannel()
      const signedFor = new Set(["200"])
      yield* come(channel, [{ ...message, account: "100" }], signedFor)
      yield* come(channel, [message, { ...message, id: "m2" }, { a: 1 }])
      const now = yield* withNew
      const many = (reason: "unknown_account" | "foreign_secret" | "payload") =>
        releaseMany({ filter: { reason } }).pipe(Effect.provideService(Channels, new Map([[now.id, now]])))
      assert.deepStrictEqual(yield* many("unknown_account"), { released: 2, stay: 0, admitted: 2, deduped: 0 })
      assert.lengthOf(yield* quarantine, 2)
      assert.deepStrictEqual(yield* many("payload"), { released: 0, stay: 1, admitted: 0, deduped: 0 })
      assert.deepStrictEqual(yield* many("foreign_secret"), { released: 1, stay: 0, admitted: 1, deduped: 0 })
      assert.lengthOf(yield* quarantine, 1)
      assert.lengthOf(yield* waiting, 3)
      yield* conserved
    }).pipe(Effect.provide(harness))
  )
})
