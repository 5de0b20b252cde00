import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { InfraError } from "../../src/domain/failure.ts"
import { Personal } from "../../src/domain/personal.ts"
import * as Admit from "../../src/inbound/admit/admit.ts"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { normalizeItem } from "../../src/inbound/admit/normalize.ts"
import { decodeEvent } from "../../src/inbound/event-log/event-codec.ts"
import { Aliases } from "../../src/partition/aliases.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import { everyAccount } from "../fakes/channel.ts"
import { channel as whatsapp } from "../plugins/whatsapp/channel.ts"
import { customer, messagesChange, metadata, userId, webhook } from "../plugins/whatsapp/samples/webhook.ts"
import { baseLayer } from "./harness.ts"

/** What an admission asks the aliases for. */
const counted = Layer.effect(
  Aliases,
  Effect.map(Aliases, (aliases) => {
    const calls: { learn: number; find: number; fails: boolean } = { learn: 0, find: 0, fails: false }
    const away = new InfraError({
      code: "store_unavailable",
      operation: "learn",
      certainty: "not_applied",
      transient: true
    })
    return Object.assign(
      Aliases.of({
        ...aliases,
        learn: (all) => Effect.suspend(() => (calls.learn++, calls.fails ? Effect.fail(away) : aliases.learn(all))),
        find: (all) => Effect.suspend(() => (calls.find++, aliases.find(all)))
      }),
      { calls }
    )
  })
)

const testLayerOf = (deployment: Partial<Deployment["Service"]> = {}) =>
  Admit.layer.pipe(
    Layer.provideMerge(counted),
    Layer.provideMerge(
      Layer.effect(
        Deployment,
        Effect.map(Deployment, (own) => ({ ...own, ...deployment }))
      )
    ),
    Layer.provideMerge(baseLayer)
  )

const message = (id: string, own: JsonObject): JsonObject => ({
  id,
  type: "text",
  text: { body: "a" },
  timestamp: "1780000000",
  ...own
})
const byPhone = { from: customer }
const byId = { from_user_id: userId }
const withBoth = { ...byPhone, ...byId }
const messages = (...all: ReadonlyArray<JsonObject>) => webhook(messagesChange({ messages: all }))

const come = Effect.fnUntraced(function* (body: Json) {
  const admit = yield* Admit.Admit
  const channel = yield* whatsapp
  const items = channel.decode(body).map((one) => normalizeItem(admit.tools(), channel, one, everyAccount(channel)))
  return yield* admit.admit(channel, items, 0)
})

/** The conversation of each message, by its id, in the order of its partition. */
const waiting = Effect.gen(function* () {
  const log = yield* EventLog
  const sealer = yield* Sealer
  const entries = [...(yield* log.pending(0, "runtime", 0, 99)), ...(yield* log.pending(1, "runtime", 0, 99))]
  const events = yield* Effect.forEach(entries, ({ record }) => decodeEvent(sealer, record))
  return events.map((event) => [Personal.open(event.personal).providerId, event.conversation] as const)
})

const conversations = Effect.map(waiting, (all) => new Map(all))
const callsOf = Effect.map(Aliases, (aliases) => Object(aliases).calls)

describe("aliases of a person", () => {
  it.effect("I8 events of one person share a conversation under every id once one item carried both ids", () =>
    Effect.gen(function* () {
      yield* come(messages(message("before", byId)))
      yield* come(messages(message("both", withBoth)))
      yield* come(messages(message("id", byId)))
      yield* come(messages(message("phone", byPhone)))
      yield* come(webhook({ field: "calls", value: { metadata, calls: [{ id: "call", event: "connect", ...byId }] } }))
      const of = yield* conversations
      assert.strictEqual(of.size, 5)
      for (const one of ["id", "phone", "call"]) assert.strictEqual(of.get(one), of.get("both"), one)
      assert.notStrictEqual(of.get("before"), of.get("both"))
    }).pipe(Effect.provide(testLayerOf()))
  )

  it.effect("I8 one webhook keeps the order of its items, and its aliases apply to its own later items", () =>
    Effect.gen(function* () {
      yield* come(messages(message("1", byId), message("2", withBoth), message("3", byId), message("4", byPhone)))
      const all = yield* waiting
      assert.deepStrictEqual(
        all.map(([id]) => id),
        ["1", "2", "3", "4"]
      )
      assert.strictEqual(new Set(all.map(([, conversation]) => conversation)).size, 1)
    }).pipe(Effect.provide(testLayerOf()))
  )

  it.effect("G12 a redelivered event from before the alias was learned is deduplicated", () =>
    Effect.gen(function* () {
      const first = messages(message("1", byId))
      assert.strictEqual((yield* come(first)).admitted, 1)
      yield* come(messages(message("2", withBoth)))
      assert.deepStrictEqual(yield* come(first), { admitted: 0, deduped: 1, quarantined: 0 })
      assert.strictEqual((yield* come(messages(message("3", byId)))).admitted, 1)
      assert.deepStrictEqual(yield* come(messages(message("3", byId))), { admitted: 0, deduped: 1, quarantined: 0 })
      assert.lengthOf(yield* waiting, 3)
    }).pipe(Effect.provide(testLayerOf()))
  )

  it.effect("the gateway learns an alias once and reads one only for items with the alias alone", () =>
    Effect.gen(function* () {
      const calls = yield* callsOf
      yield* come(messages(message("1", byPhone)))
      assert.deepInclude(calls, { learn: 0, find: 0 })
      for (const id of ["2", "3", "4"]) yield* come(messages(message(id, withBoth)))
      assert.deepInclude(calls, { learn: 1, find: 0 })
      yield* come(messages(message("5", byId), message("6", byId)))
      assert.deepInclude(calls, { learn: 1, find: 1 })
      const { forgetAliases } = yield* Admit.Admit
      forgetAliases()
      yield* come(messages(message("7", withBoth)))
      assert.deepInclude(calls, { learn: 2, find: 1 })
    }).pipe(Effect.provide(testLayerOf()))
  )

  it.effect("I2 a webhook fails while its alias cannot be stored, and the alias is learned on redelivery", () =>
    Effect.gen(function* () {
      const calls = yield* callsOf
      const both = messages(message("1", withBoth))
      calls.fails = true
      const error = yield* Effect.flip(come(both))
      assert.strictEqual(error.code, "store_unavailable")
      calls.fails = false
      assert.deepStrictEqual(yield* come(both), { admitted: 0, deduped: 1, quarantined: 0 })
      yield* come(messages(message("2", byId)))
      const of = yield* conversations
      assert.strictEqual(of.get("2"), of.get("1"))
    }).pipe(Effect.provide(testLayerOf()))
  )
})

describe("conversation rule before version 2", () => {
  const body = messages(message("1", withBoth))
  const formerly = Effect.gen(function* () {
    yield* come(body)
    return (yield* conversations).get("1")
  }).pipe(Effect.provide(testLayerOf({ identity: 1 })))

  it.effect("G12 the former conversation rule applies as long as the store is not upgraded", () =>
    Effect.gen(function* () {
      yield* come(messages(message("id", byId), message("both", withBoth), message("phone", byPhone)))
      const of = yield* conversations
      assert.strictEqual(of.get("both"), of.get("id"))
      assert.notStrictEqual(of.get("both"), of.get("phone"))
      assert.strictEqual(yield* formerly, of.get("id"))
      assert.deepInclude(yield* callsOf, { learn: 0, find: 0 })
    }).pipe(Effect.provide(testLayerOf({ identity: 1 })))
  )

  it.effect("G12 an event admitted under the former rule is deduplicated after the upgrade", () =>
    Effect.gen(function* () {
      const admit = yield* Admit.Admit
      const channel = yield* whatsapp
      const tools = { ...admit.tools(), formerRule: true }
      const old = channel.decode(body).map((one) => normalizeItem(tools, channel, one, everyAccount(channel)))
      assert.strictEqual((yield* admit.admit(channel, old, 0)).admitted, 1)
      assert.deepStrictEqual(yield* come(body), { admitted: 0, deduped: 1, quarantined: 0 })
      assert.strictEqual((yield* come(messages(message("2", withBoth)))).admitted, 1)
      yield* come(messages(message("3", byPhone)))
      const of = yield* conversations
      assert.strictEqual(of.get("2"), of.get("3"))
      assert.notStrictEqual(of.get("1"), of.get("2"))
    }).pipe(Effect.provide(testLayerOf({ identitySince: 0 })))
  )
})
