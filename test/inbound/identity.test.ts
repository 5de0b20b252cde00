import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Channel } from "../../src/connector/channel.ts"
import type { Json } from "../../src/domain/json.ts"
import { wholeRecord } from "../../src/inbound/event-log/event-log.ts"
import { normalizeItem, type ItemTools } from "../../src/inbound/admit/normalize.ts"
import { decodeEvent } from "../../src/inbound/event-log/event-codec.ts"
import { partitionOf } from "../../src/partition/partitions.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import { everyAccount, fixtureChannel, raw } from "../fakes/channel.ts"
import { channel as whatsapp } from "../plugins/whatsapp/channel.ts"
import { preferences, templateApproved } from "../plugins/whatsapp/samples/account-events.ts"
import { textEcho, withEchoes } from "../plugins/whatsapp/samples/echoes.ts"
import { text, withMessages, withoutPhone } from "../plugins/whatsapp/samples/messages.ts"
import { failed, inGroup, sent, withStatuses } from "../plugins/whatsapp/samples/statuses.ts"
import { baseLayer } from "./harness.ts"

const tools = Effect.map(Effect.all([IdHash, Sealer]), ([hash, sealer]): ItemTools => ({
  hash,
  sealer,
  partitions: 8,
  now: 1_780_000_000_000
}))

const itemsOf = Effect.fnUntraced(function* (channel: Channel, body: Json) {
  const given = yield* tools
  return channel.decode(body).map((decoded) => normalizeItem(given, channel, decoded, everyAccount(channel)))
})

const eventsOf = Effect.fnUntraced(function* (channel: Channel, body: Json) {
  const sealer = yield* Sealer
  return yield* Effect.forEach(yield* itemsOf(channel, body), ({ entry }) => decodeEvent(sealer, wholeRecord(entry)))
})

const idsOf = (channel: Channel, body: Json) =>
  Effect.map(itemsOf(channel, body), (items) => items.map(({ key }): string => key))

const renamed = {
  ...raw,
  accounts: Object.fromEntries(Object.entries(raw.accounts).map(([alias, account]) => [`renamed-${alias}`, account]))
}

const message = { id: "m1", account: "100", from: "+1555" }

describe("event identity", () => {
  it.effect(
    "G11 an event id derives from connector, account, provider id and discriminator, and from nothing else",
    () =>
      Effect.gen(function* () {
        const channel = yield* fixtureChannel()
        const [id] = yield* idsOf(channel, message)
        const same = [
          { ...message, from: "+1666" },
          { ...message, at: 7 },
          { ...message, text: "changed" }
        ]
        for (const body of same) assert.deepStrictEqual(yield* idsOf(channel, body), [id])
        const others = [
          { ...message, id: "m2" },
          { ...message, account: "200" },
          { ...message, status: "read" },
          { ...message, status: "sent" }
        ]
        const ids = (yield* Effect.forEach(others, (body) => idsOf(channel, body))).flat()
        assert.strictEqual(new Set([id, ...ids]).size, 5)
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G12 a renamed account changes its name in events, and neither ids nor conversations", () =>
    Effect.gen(function* () {
      const before = yield* fixtureChannel()
      const after = yield* fixtureChannel(renamed)
      const body = [message, { ...message, account: "200" }, { ...message, account: "300" }, 7]
      assert.deepStrictEqual(yield* idsOf(after, body), yield* idsOf(before, body))
      const [was] = yield* eventsOf(before, message)
      const [is] = yield* eventsOf(after, message)
      assert.strictEqual(is?.account, "renamed-front")
      assert.strictEqual(is?.conversation, was?.conversation)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G12 the ids of WhatsApp events equal fixed values, which change only with the rule", () =>
    Effect.gen(function* () {
      const channel = yield* whatsapp
      const bodies: ReadonlyArray<readonly [name: string, body: Json]> = [
        ["a text", withMessages([text])],
        ["of somebody without a number", withoutPhone],
        ["statuses", withStatuses([sent, failed, inGroup])],
        ["an echo", withEchoes([textEcho])],
        ["preferences", preferences],
        ["a template", templateApproved]
      ]
      const ids = yield* Effect.forEach(bodies, ([name, body]) =>
        Effect.map(idsOf(channel, body), (found) => [name, ...found])
      )
      assert.deepStrictEqual(ids, [
        ["a text", "evt_0e6639e23b923523835d1c0ef00736bb"],
        ["of somebody without a number", "evt_4ca278c39d41c4b91f1bf82bc17509bf"],
        [
          "statuses",
          "evt_1cd5cec020779af6c063fa13612020b9",
          "evt_d9bdacb5be8dad185372c76ef0cf6803",
          "evt_7621431ff8513bce7322517e62bb97e6"
        ],
        ["an echo", "evt_a1d11c9c9f975722db3e15e48e029865"],
        ["preferences", "evt_6e433a60c6593e0e18762c6bf56b3eac", "evt_9d68cf1ec90be1e5e13cd1b8de9fcfa2"],
        ["a template", "evt_d35182bdbc768564d11f59da895c10e7"]
      ])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G11 an item without a stable id is identified by its content and time, and marked weak", () =>
    Effect.gen(function* () {
      const channel = yield* whatsapp
      const [event] = yield* eventsOf(channel, templateApproved)
      assert.isTrue(event?.weakIdentity)
      const [id] = yield* idsOf(channel, templateApproved)
      assert.deepStrictEqual(yield* idsOf(channel, structuredClone(templateApproved)), [id])
      const later = JSON.parse(JSON.stringify(templateApproved).replace("1780000300", "1780000301"))
      assert.notDeepEqual(yield* idsOf(channel, later), [id])
      assert.isFalse((yield* eventsOf(channel, withMessages([text])))[0]?.weakIdentity)
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("conversations", () => {
  it.effect("the events of one person at one account share a conversation and a partition", () =>
    Effect.gen(function* () {
      const channel = yield* fixtureChannel()
      const ofOne = [message, { ...message, id: "m2" }, { ...message, id: "m3", status: "read" }]
      const items = yield* itemsOf(channel, ofOne)
      const events = yield* eventsOf(channel, ofOne)
      assert.strictEqual(new Set(events.map(({ conversation }) => conversation)).size, 1)
      assert.strictEqual(new Set(items.map(({ partition }) => partition)).size, 1)
      assert.deepStrictEqual(
        items.map(({ partition }) => partition),
        events.map(({ conversation }) => partitionOf(conversation, 8))
      )
      const others = yield* eventsOf(channel, [
        message,
        { ...message, from: "+1666" },
        { ...message, account: "200" },
        { id: "m1", account: "100" }
      ])
      assert.strictEqual(new Set(others.map(({ conversation }) => conversation)).size, 4)
    }).pipe(Effect.provide(baseLayer))
  )
})
