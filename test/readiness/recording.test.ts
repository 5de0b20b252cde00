import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { Channels } from "../../src/connector/channel.ts"
import type { InboundEvent } from "../../src/domain/event.ts"
import {
  AccountId,
  ConnectorId,
  ConversationId,
  CorrelationId,
  EventId,
  ProviderAccountId
} from "../../src/domain/ids.ts"
import { ProviderError } from "../../src/domain/failure.ts"
import { Personal } from "../../src/domain/personal.ts"
import { memoryEvidenceStore } from "../../layers/memory/deployment.ts"
import { EvidenceStore } from "../../src/gate/evidence/evidence-store.ts"
import { checkForPolicy } from "../../src/gate/evidence/for-policy.ts"
import { checklist, rowsFor } from "../../src/gate/policy/checklist.ts"
import { type EndedCall, Observe } from "../../src/observe/observe.ts"
import { Recording } from "../../src/readiness/record/recording.ts"
import { RecordedLog } from "../fakes/log.ts"
import { body, mark, recordOf, submit } from "../outbound/harness.ts"
import { Provider, sent, status } from "../outbound/provider.ts"
import { configured, recorded, recordedIn, records, Rotating } from "./observing.ts"

const connector = ConnectorId.make("fixture")
const id = "0".repeat(32)

/** An event of the account `front`. */
const eventOf = (kind: InboundEvent["kind"], providerId: string, said?: string): InboundEvent => ({
  eventId: EventId.make(`evt_${id}`),
  correlationId: CorrelationId.make(`cor_${id}`),
  conversation: ConversationId.make(`cnv_${id}`),
  connector,
  account: AccountId.make("front"),
  providerAccount: ProviderAccountId.make("100"),
  type: `fixture.${kind}`,
  kind,
  occurredAt: 0,
  weakIdentity: false,
  personal: Personal.of({ providerId, content: {} }),
  ...(said === undefined ? {} : { evidence: { status: said } })
})

/** Sends by a capability. Returns the record of the intent. */
const send = Effect.fnUntraced(function* (capability: string, messageId: string, text = "hello") {
  ;(yield* Provider).respondsWith(() => sent(messageId))
  const answer = yield* submit(`key ${messageId}`, body({ capability, input: { text } }))
  return yield* recordOf(answer.intentId)
})

const rejected = new ProviderError({
  code: "190",
  certainty: "not_applied",
  transient: false,
  pauses: { of: "account", why: "auth" },
  detail: "the token has expired"
})

const written = Effect.gen(function* () {
  const recording = (yield* Recording) ?? assert.fail("nothing is recorded")
  yield* TestClock.adjust("20 seconds")
  yield* recording.flush
  const failed = (yield* RecordedLog).of("recorder.failed")
  assert.deepStrictEqual(failed, [])
  return new Map((yield* records).map((one) => [`${one.row} ${one.result}`, one]))
})

/** Returns the facts of the records of these rows. */
const factsOf = Effect.fnUntraced(function* (...names: ReadonlyArray<string>) {
  const all = yield* written
  return names.map((name) => all.get(name)?.facts)
})

describe("recording of traffic", () => {
  it.effect("G40 a message counts by its delivery with our data, and its failure counts against it", () =>
    Effect.gen(function* () {
      const observe = yield* Observe
      const record = yield* send("post", "m-1")
      observe.evidenceApplied(
        { ...record, delivery: "sent" },
        { attempt: 1, status: "sent", messageId: "m-1" },
        eventOf("status", "m-1")
      )
      assert.deepStrictEqual(yield* factsOf("3.2:fixture.post begun", "3.2:fixture.post pass"), [{ ids: 1 }, undefined])
      const failure = { attempt: 1, status: "failed", messageId: "m-1" }
      observe.evidenceApplied({ ...record, delivery: "failed" }, failure, eventOf("status", "m-1"))
      observe.evidenceApplied(record, { attempt: 1, status: "read", messageId: "m-1" }, eventOf("status", "m-1"))
      assert.deepStrictEqual(yield* factsOf("3.2:fixture.post fail", "3.2:fixture.post pass"), [
        { ids: 1, status: "failed", own_mac: 1 },
        { ids: 1, status: "read", own_mac: 1 }
      ])
    }).pipe(Effect.provide(recorded))
  )

  it.effect("G40 a message that only evidence proved does not show that the provider answers with an id", () =>
    Effect.gen(function* () {
      const observe = yield* Observe
      const record = yield* send("post", "m-1")
      const doubted = { ...record, timeline: [{ at: 0, attempt: 1, what: "in_doubt" }] }
      observe.evidenceApplied(doubted, { attempt: 1, status: "read", messageId: "m-1" }, eventOf("status", "m-1"))
      assert.deepStrictEqual(yield* factsOf("3.2:fixture.post pass"), [undefined])
    }).pipe(Effect.provide(recorded))
  )

  it.effect("G40 an echo counts with the id of the answer, and a reaction with a status of its id", () =>
    Effect.gen(function* () {
      const observe = yield* Observe
      const said = yield* send("say", "m-1")
      observe.receiptEchoed(said.intentId, eventOf("echo", "m-1"))
      yield* send("poke", "m-2")
      observe.statusWithoutData(eventOf("status", "m-other", "sent"))
      yield* TestClock.adjust("3 seconds")
      observe.statusWithoutData(eventOf("status", "m-2", "sent"))
      assert.deepStrictEqual(
        yield* factsOf("3.2:fixture.say pass", "3.2:fixture.path.echo pass", "3.2:fixture.poke pass"),
        [{ ids: 1, echo: "same_id" }, { acknowledged: 1 }, { ids: 1, status: "sent", own_ids: 1 }]
      )
      observe.statusWithoutData(eventOf("status", "m-2", "failed"))
      assert.deepStrictEqual(yield* factsOf("3.2:fixture.poke fail"), [{ ids: 1, status: "failed", own_ids: 1 }])
    }).pipe(Effect.provide(recorded))
  )

  it.effect("G40 a read-back counts once the id of the answer is among the messages", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      let looks = 0
      provider.respondsWith((_, { method }) => {
        if (method === "POST") return sent("m-1")
        looks += 1
        return status(200, looks === 1 ? "m-other 0 hello" : "m-1 0 hello")
      })
      yield* submit("key", body({ capability: "reply" }))
      assert.deepStrictEqual(yield* factsOf("3.2:fixture.reply pass", "3.2:fixture.path.read-back pass"), [
        { ids: 1, read_back: 1 },
        { acknowledged: 1 }
      ])
      assert.strictEqual(looks, 2)
    }).pipe(Effect.provide(recorded))
  )

  it.effect("G40 an upload counts once a delivered message has used it, and a download by what arrived", () =>
    Effect.gen(function* () {
      const observe = yield* Observe
      observe.mediumUploaded(connector, "front", "medium-7")
      const record = yield* send("post", "m-1", "medium-7")
      observe.mediumDownloaded(connector, "front", true)
      assert.deepStrictEqual(yield* factsOf("3.2:fixture.media.up pass", "3.2:fixture.media.down fail"), [
        undefined,
        { downloads: 1, differing: 1 }
      ])
      observe.evidenceApplied(record, { attempt: 1, status: "delivered", messageId: "m-1" }, eventOf("status", "m-1"))
      observe.mediumDownloaded(connector, "front", false)
      assert.deepStrictEqual(
        yield* factsOf(
          "3.2:fixture.media.up pass",
          "3.2:fixture.path.upload pass",
          "3.2:fixture.media.down pass",
          "3.2:fixture.path.download pass"
        ),
        [{ uploads: 1, used_in_delivered: 1 }, { acknowledged: 1 }, { downloads: 2, differing: 0 }, { acknowledged: 2 }]
      )
    }).pipe(Effect.provide(recorded))
  )

  it.effect("G40 a rotation counts by a call under the new version, and fails when one was rejected meanwhile", () =>
    Effect.gen(function* () {
      const { rotate } = yield* Rotating
      const observe = yield* Observe
      const channel = (yield* Channels).get("fixture") ?? assert.fail("no channel")
      const account = channel.accounts.get("front") ?? assert.fail("no account")
      const capability = account.capabilities.get("post") ?? assert.fail("no capability")
      const record = yield* send("post", "m-1")
      const call = (token: string, ended: EndedCall["ended"]) =>
        observe.callEnded({
          channel,
          account,
          capability,
          prepared: { perform: () => Effect.succeed({}) },
          intentId: record.intentId,
          ended,
          state: Result.isSuccess(ended) ? "sent" : "failed",
          claimedAt: 0,
          credentials: [Redacted.make(token)],
          request: () => "{}"
        })
      rotate("fixture/front", "second")
      call("fixture/front", Result.succeed({}))
      assert.deepStrictEqual(yield* factsOf("1.2.3 pass"), [undefined])
      call("second", Result.succeed({}))
      rotate("fixture/front", "third")
      call("second", Result.fail(rejected))
      call("third", Result.succeed({}))
      const used = { changes: 1, used: "call", auth_failures: 0, refused_webhooks: 0 }
      assert.deepStrictEqual(yield* factsOf("1.2.3 pass", "1.2.3 fail"), [used, { ...used, auth_failures: 1 }])
    }).pipe(Effect.provide(recorded))
  )

  it.effect(
    "G37 only accounts that are all proven now pass, an unknown one says nothing, and a refused one fails",
    () =>
      Effect.gen(function* () {
        const observe = yield* Observe
        const probed = (front: "proven" | "refused" | "unknown") =>
          observe.accountsProbed([
            { connector, account: "front", result: front },
            { connector, account: "back", result: "proven" }
          ])
        probed("unknown")
        assert.deepStrictEqual(yield* factsOf("1.1.3#probe pass", "1.1.3#probe fail"), [undefined, undefined])
        probed("refused")
        probed("proven")
        assert.deepStrictEqual(yield* factsOf("1.1.3#probe pass", "1.1.3#probe fail"), [
          { accounts: 2, proven: 2 },
          { accounts: 2, proven: 1 }
        ])
      }).pipe(Effect.provide(recorded))
  )

  it.effect("no message reads or writes the store of evidence, however many there are", () =>
    Effect.gen(function* () {
      let asked = 0
      const isRead = yield* Deferred.make<void>()
      const count = Effect.sync(() => void (asked += 1))
      const counting = Layer.effect(
        EvidenceStore,
        Effect.map(EvidenceStore, ({ read, write }) => ({
          read: Effect.andThen(count, read).pipe(Effect.tap(Deferred.succeed(isRead, undefined))),
          write: (one) => Effect.andThen(count, write(one))
        }))
      ).pipe(Layer.provide(memoryEvidenceStore))
      yield* Effect.gen(function* () {
        // The memo is read at the start.
        yield* Deferred.await(isRead)
        const before = asked
        for (let n = 0; n < 200; n++) yield* send("post", `m-${n}`)
        assert.strictEqual(asked, before)
        yield* written
        assert.isAbove(asked, before)
      }).pipe(Effect.provide(recordedIn(counting)))
    })
  )

  it.effect("G41 every recorded fact is one that the policy names", () =>
    Effect.gen(function* () {
      const observe = yield* Observe
      const record = yield* send("post", "m-1")
      observe.evidenceApplied(record, { attempt: 1, status: "read", messageId: "m-1" }, eventOf("status", "m-1"))
      observe.evidenceApplied(record, { attempt: 1, status: "read", messageId: "m-2" }, eventOf("status", "m-2"))
      yield* submit("marked", mark)
      ;(yield* Provider).respondsWith(() => status(422))
      yield* submit("refused", body())
      const all = yield* written
      assert.includeMembers(
        [...all.keys()],
        [
          "3.1.2#traffic fail",
          "3.1.2#traffic pass",
          "3.2:fixture.post pass",
          "3.2:fixture.path.call pass",
          "4.1.1 pass"
        ]
      )
      const rows = rowsFor(checklist, [configured])
      for (const one of all.values()) assert.isTrue(Result.isSuccess(checkForPolicy(rows, one)), one.row)
      assert.isTrue(all.get("3.1.2#traffic fail")?.sticky)
    }).pipe(Effect.provide(recorded))
  )
})
