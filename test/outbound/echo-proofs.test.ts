import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { instagram } from "../../plugins/instagram/index.ts"
import { Channels } from "../../src/connector/channel.ts"
import type { JsonObject } from "../../src/domain/json.ts"
import { applyEcho, ownApps } from "../../src/inbound/reconcile/echoes.ts"
import { IntentLedger } from "../../src/outbound/ledger/intent-ledger.ts"
import { IntentLedgerFaults } from "../fakes/intent-ledger.ts"
import { RecordedLog } from "../fakes/log.ts"
import { bound } from "../plugins/bound.ts"
import { raw } from "../plugins/instagram/channel.ts"
import { account, person } from "../plugins/instagram/samples.ts"
import { doubtsTo, echoTo, manyPeople } from "../support/many-doubts.ts"
import { type EchoOf, echoEventOf } from "./echo-event.ts"
import { harnessOf, recordOf, submit } from "./harness.ts"
import { noAnswer, Provider, status } from "./provider.ts"

const testLayerOf = (settings: JsonObject = {}) =>
  harnessOf(
    Layer.effect(
      Channels,
      Effect.map(
        bound(instagram, { ...raw, settings: { ...raw.settings, ...settings } }),
        (channel) => new Map([["instagram", channel]])
      )
    )
  )
const testLayer = testLayerOf()

const wish = (capability: string, input: JsonObject, to = person): JsonObject => ({
  connector: "instagram",
  account: "shop",
  capability,
  to,
  input
})
const hello = { text: "olá" }
const comment = "18000000000000001"

const scene = Effect.gen(function* () {
  const provider = yield* Provider
  const channel = (yield* Channels).get("instagram") ?? assert.fail("no channel")
  const apps = ownApps()
  yield* TestClock.adjust(1_000_000)
  return {
    channel,
    doubts: (key: string, body: JsonObject) => {
      provider.respondsWith(() => noAnswer)
      return Effect.map(submit(key, body), ({ intentId }) => intentId)
    },
    sends: (key: string, body: JsonObject, messageId: string) => {
      provider.respondsWith(() => status(200, JSON.stringify({ recipient_id: person, message_id: messageId })))
      return Effect.map(submit(key, body), ({ intentId }) => intentId)
    },
    receivesEcho: (message: EchoOf["message"], to = person) =>
      Effect.flatMap(echoEventOf(channel, account, { person: to, message }), (event) => applyEcho(event, apps))
  }
})

const echo = (mid: string, more: JsonObject = hello) => ({ mid, is_echo: true, ...more })

describe("G49 echoes of private replies", () => {
  it.effect(
    "the echo of a private reply proves no direct message of equal text; the direct message's own echo does",
    () =>
      Effect.gen(function* () {
        const { doubts, sends, receivesEcho } = yield* scene
        const doubted = yield* doubts("k1", wish("text", hello))
        yield* sends("k2", wish("private_reply", hello, comment), "m-reply")
        assert.strictEqual(yield* receivesEcho(echo("m-own")), "undecided")
        assert.strictEqual((yield* recordOf(doubted)).state, "in_doubt")
        assert.strictEqual(yield* receivesEcho(echo("m-reply")), "done")
        assert.strictEqual((yield* recordOf(doubted)).state, "in_doubt")
        assert.strictEqual(yield* receivesEcho(echo("m-own")), "done")
        assert.deepInclude(yield* recordOf(doubted), { state: "sent", receipt: { messageId: "m-own" } })
      }).pipe(Effect.provide(testLayer))
  )

  it.effect(
    "a private reply in doubt prevents any echo of equal text from proving a message, whatever the recipient",
    () =>
      Effect.gen(function* () {
        const { doubts, receivesEcho } = yield* scene
        const other = "900000000000009"
        const doubted = yield* doubts("k1", wish("text", hello, other))
        const reply = yield* doubts("k2", wish("private_reply", hello, comment))
        assert.strictEqual(yield* receivesEcho(echo("m-1"), other), "undecided")
        for (const id of [doubted, reply]) assert.strictEqual((yield* recordOf(id)).state, "in_doubt")
        const ledger = yield* IntentLedger
        yield* TestClock.adjust("1 minute")
        yield* ledger.resolve({ intentId: reply, verdict: "not_sent" })
        assert.strictEqual(yield* receivesEcho({ ...echo("m-2"), text: "outra" }, other), "done")
        assert.strictEqual(yield* receivesEcho(echo("m-1"), other), "done")
        assert.strictEqual((yield* recordOf(doubted)).state, "sent")
      }).pipe(Effect.provide(testLayer))
  )

  it.effect("the echo of a private reply proves nothing, not even the doubt about that reply", () =>
    Effect.gen(function* () {
      const { doubts, receivesEcho } = yield* scene
      const reply = yield* doubts("k1", wish("private_reply", hello, comment))
      assert.strictEqual(yield* receivesEcho(echo("m-1")), "done")
      assert.strictEqual((yield* recordOf(reply)).state, "in_doubt")
    }).pipe(Effect.provide(testLayer))
  )
})

describe("G20 echoes of other apps", () => {
  const own = { ...hello, app_id: 111 }
  const others = { ...hello, app_id: 222 }

  it.effect("an echo of another app proves nothing when the configuration names our app", () =>
    Effect.gen(function* () {
      const { doubts, receivesEcho } = yield* scene
      const doubted = yield* doubts("k1", wish("text", hello))
      assert.strictEqual(yield* receivesEcho(echo("m-1", others)), "undecided")
      assert.strictEqual((yield* recordOf(doubted)).state, "in_doubt")
      assert.strictEqual(yield* receivesEcho(echo("m-2", own)), "done")
      assert.strictEqual((yield* recordOf(doubted)).state, "sent")
      const { of } = yield* RecordedLog
      assert.deepStrictEqual(
        of("evidence.ignored").map(({ fields }) => fields.failureCode),
        ["unknown_app"]
      )
    }).pipe(Effect.provide(testLayerOf({ appId: "111" })))
  )

  it.effect("echoes prove nothing while our app id is unknown, until the echo of one of our receipts names it", () =>
    Effect.gen(function* () {
      const { doubts, sends, receivesEcho } = yield* scene
      const doubted = yield* doubts("k1", wish("text", hello))
      assert.strictEqual(yield* receivesEcho(echo("m-1", own)), "undecided")
      yield* sends("k2", wish("text", { text: "outra" }), "m-sent")
      assert.strictEqual(yield* receivesEcho(echo("m-sent", { ...own, text: "outra" })), "done")
      assert.strictEqual(yield* receivesEcho(echo("m-2", others)), "done")
      assert.strictEqual((yield* recordOf(doubted)).state, "in_doubt")
      assert.strictEqual(yield* receivesEcho(echo("m-1", own)), "done")
      assert.deepInclude(yield* recordOf(doubted), { state: "sent", receipt: { messageId: "m-1" } })
    }).pipe(Effect.provide(testLayer))
  )
})

describe("G20 echoes of attachments", () => {
  const image = (url: string): JsonObject => ({ type: "image", payload: { url } })
  const ours = "https://cdn.example/1.jpg"

  it.effect("the echo of an attachment proves it by its URL, and nothing by its type alone", () =>
    Effect.gen(function* () {
      const { doubts, receivesEcho } = yield* scene
      const doubted = yield* doubts("k1", wish("attachment", { attachment: image(ours) }))
      for (const other of [image("https://cdn.example/2.jpg"), { type: "image" }]) {
        assert.strictEqual(yield* receivesEcho(echo("m-1", { attachments: [other] })), "undecided")
      }
      assert.strictEqual(yield* receivesEcho(echo("m-2", { attachments: [{ ...image(ours), type: "video" }] })), "done")
      assert.strictEqual((yield* recordOf(doubted)).state, "in_doubt")
      assert.strictEqual(yield* receivesEcho(echo("m-3", { attachments: [image(ours)] })), "done")
      assert.deepInclude(yield* recordOf(doubted), { state: "sent", receipt: { messageId: "m-3" } })
    }).pipe(Effect.provide(testLayer))
  )
})

describe("verdicts and echoes", () => {
  it.effect(
    "an echo created before the verdict `not_sent` disputes it when nothing else can have caused the echo",
    () =>
      Effect.gen(function* () {
        const { doubts, receivesEcho } = yield* scene
        const ledger = yield* IntentLedger
        const denied = yield* doubts("k1", wish("text", hello))
        yield* TestClock.adjust("1 minute")
        yield* ledger.resolve({ intentId: denied, verdict: "not_sent" })
        yield* TestClock.adjust("1 minute")
        // Written by hand since then.
        assert.strictEqual(yield* receivesEcho(echo("m-late")), "done")
        assert.strictEqual((yield* recordOf(denied)).state, "failed")
        const channel = (yield* Channels).get("instagram") ?? assert.fail("no channel")
        const early = yield* echoEventOf(channel, account, { person, message: echo("m-1"), at: 1_000_500 })
        assert.strictEqual(yield* applyEcho(early, ownApps()), "done")
        assert.strictEqual((yield* recordOf(denied)).state, "disputed")
      }).pipe(Effect.provide(testLayer))
  )

  it.effect("an echo that may belong to an intent with the verdict `sent` proves no other intent", () =>
    Effect.gen(function* () {
      const { doubts, receivesEcho } = yield* scene
      const ledger = yield* IntentLedger
      const [called, doubted] = [yield* doubts("k1", wish("text", hello)), yield* doubts("k2", wish("text", hello))]
      yield* ledger.resolve({ intentId: called, verdict: "sent" })
      assert.strictEqual(yield* receivesEcho(echo("m-1")), "undecided")
      assert.strictEqual((yield* recordOf(doubted)).state, "in_doubt")
    }).pipe(Effect.provide(testLayer))
  )
})

it.effect("G22 echoes prove 10,000 open doubts, each by one search that reads one attempt", () =>
  Effect.gen(function* () {
    const { receivesEcho, channel } = yield* scene
    const { calls } = yield* IntentLedgerFaults
    const people = manyPeople(10_000)
    const ids = yield* doubtsTo(channel, account, people)
    yield* Effect.forEach(people, (one, at) => receivesEcho(echoTo(`m-${at}`), one))
    const ledger = yield* IntentLedger
    const { intents } = yield* ledger.list("in_doubt", { limit: 10 })
    assert.deepStrictEqual(intents, [])
    const records = yield* Effect.forEach(ids, recordOf)
    assert.isTrue(records.every(({ state, receipt }, at) => state === "sent" && receipt?.messageId === `m-${at}`))
    assert.lengthOf(calls.findByFingerprint.all, people.length)
    assert.lengthOf([...calls.provable.all, ...calls.unindexed.all, ...calls.kept.all], 0)
  }).pipe(Effect.provide(testLayer))
)
