import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isJsonObject, type Json } from "../../src/domain/json.ts"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../src/inbound/event-log/event-admin.ts"
import { Partitions } from "../../src/partition/partitions.ts"
import { AuditLog } from "../../src/audit/audit-log.ts"
import { admittedEvents, eventIdOf, eventOf, owner } from "../inbound/harness.ts"
import { infra } from "../fakes/faults.ts"
import { RecordedLog } from "../fakes/log.ts"
import { api, baseLayer } from "./harness.ts"

const post = (value: Json = {}) => {
  const body = JSON.stringify(value)
  return { method: "POST", body, headers: { "content-length": String(Buffer.byteLength(body)) } }
}

const idsIn = (list: Json | undefined, name: string) =>
  Array.isArray(list) ? list.map((one) => (isJsonObject(one) ? one[name] : undefined)) : []

/** Events 1 to 5: the first three delivered, the fourth dead-lettered, the fifth still waiting. */
const scene = Effect.gen(function* () {
  const log = yield* EventLog
  yield* admittedEvents(...[1, 2, 3, 4, 5].map((n) => eventOf(n)))
  const ours = yield* owner
  for (const position of [1, 2, 3]) yield* log.acknowledge(ours, "runtime", position)
  yield* log.refuse(ours, 4, 5)
  yield* log.deadLetter(ours, 4, "runtime_refused_410")
  return yield* api
})

const waiting = EventLog.use((log) => log.pending(0, "runtime", 0, 100)).pipe(
  Effect.map((entries) => entries.map(({ key, replay, redriven }) => [key, replay ?? 0, redriven === true]))
)

const subjects = AuditLog.use((audit) => audit.list({ limit: 50 })).pipe(
  Effect.map(({ entries }) => entries.map(({ action, subject, by, reason }) => [by, action, subject, reason]))
)

describe("events API", () => {
  it.effect("the API lists events in pages without content, and shows one with content, to readers", () =>
    Effect.gen(function* () {
      const ask = yield* scene
      const first = yield* ask("/v1/events?limit=3&order=oldest", {}, "key-reader")
      assert.strictEqual(first.status, 200)
      assert.deepStrictEqual(idsIn(first.body["events"], "eventId"), [1, 2, 3].map(eventIdOf))
      const second = yield* ask(
        `/v1/events?limit=3&order=oldest&cursor=${String(first.body["next"])}`,
        {},
        "key-reader"
      )
      assert.deepStrictEqual(idsIn(second.body["events"], "eventId"), [4, 5].map(eventIdOf))
      assert.deepStrictEqual(idsIn(second.body["events"], "state"), ["dead_lettered", "pending"])
      assert.notProperty(second.body, "next")
      for (const { text } of [first, second])
        for (const word of ["provider-", "content", "5511"]) assert.notInclude(text, word)
      const one = yield* ask(`/v1/events/${eventIdOf(2)}`, {}, "key-reader")
      assert.containSubset(one.body, {
        eventId: eventIdOf(2),
        state: "delivered",
        connector: "whatsapp",
        account: "support",
        providerId: "provider-2",
        replays: 0
      })
      assert.property(one.body, "content")
      assert.strictEqual(one.headers.get("cache-control"), "no-store")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API accepts times as ISO 8601 or milliseconds, and names the error of a query", () =>
    Effect.gen(function* () {
      const ask = yield* scene
      const count = (query: string) =>
        Effect.map(ask(`/v1/events?${query}`, {}, "key-reader"), ({ body }) => idsIn(body["events"], "eventId").length)
      assert.strictEqual(yield* count("from=0&to=0"), 5)
      assert.strictEqual(yield* count("from=1970-01-01T00:00:00Z"), 5)
      assert.strictEqual(yield* count("from=1970-01-01T00:00:01Z"), 0)
      for (const [query, code] of [
        ["limit=0", "invalid_limit"],
        ["limit=201", "invalid_limit"],
        ["cursor=x", "invalid_cursor"],
        ["order=up", "invalid_order"],
        ["from=yesterday", "invalid_time"]
      ]) {
        const { status, body } = yield* ask(`/v1/events?${query}`, {}, "key-reader")
        assert.deepStrictEqual([status, body["code"]], [400, code])
      }
      for (const path of ["/v1/dead-letters?cursor=x", "/v1/quarantine?order=up"]) {
        assert.strictEqual((yield* ask(path, {}, "key-reader")).status, 400)
      }
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("I7 the API returns content only with scope read, and acts only with scope operate", () =>
    Effect.gen(function* () {
      const ask = yield* scene
      const reads = [
        "/v1/events",
        `/v1/events/${eventIdOf(1)}`,
        "/v1/dead-letters",
        `/v1/dead-letters/${eventIdOf(4)}`,
        "/v1/quarantine",
        `/v1/quarantine/qua_${"0".repeat(32)}`
      ]
      for (const path of reads) {
        assert.strictEqual((yield* ask(path, {}, "key-sender")).status, 403, path)
        assert.strictEqual((yield* ask(path)).status, 401, path)
      }
      const acts: ReadonlyArray<readonly [string, Json]> = [
        [`/v1/events/${eventIdOf(1)}/replay`, {}],
        ["/v1/events/replay", { filter: { from: 0 } }],
        [`/v1/dead-letters/${eventIdOf(4)}/redrive`, {}],
        ["/v1/dead-letters/redrive", { filter: {} }],
        [`/v1/quarantine/qua_${"0".repeat(32)}/release`, {}],
        ["/v1/quarantine/release", { filter: { reason: "payload" } }]
      ]
      for (const [path, body] of acts) {
        for (const key of ["key-sender", "key-reader"]) {
          assert.strictEqual((yield* ask(path, post(body), key)).status, 403, path)
        }
      }
      assert.deepStrictEqual(yield* waiting, [[eventIdOf(5), 0, false]])
      assert.deepStrictEqual(yield* subjects, [])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API answers 404 for an unknown event, dead letter or quarantined item", () =>
    Effect.gen(function* () {
      const ask = yield* scene
      for (const path of [
        `/v1/events/${eventIdOf(9)}`,
        "/v1/events/nothing",
        `/v1/dead-letters/${eventIdOf(1)}`,
        `/v1/quarantine/qua_${"0".repeat(32)}`
      ]) {
        assert.strictEqual((yield* ask(path, {}, "key-all")).status, 404, path)
      }
      for (const path of [
        `/v1/events/${eventIdOf(9)}/replay`,
        `/v1/dead-letters/${eventIdOf(1)}/redrive`,
        "/v1/dead-letters/nothing/redrive",
        `/v1/quarantine/qua_${"0".repeat(32)}/release`,
        "/v1/quarantine/nothing/release"
      ]) {
        assert.strictEqual((yield* ask(path, post(), "key-all")).status, 404, path)
      }
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("redrive and replay API", () => {
  it.effect("an operator redrives a dead letter, audited, and again when it is dead-lettered again", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const ask = yield* scene
      const id = eventIdOf(4)
      const listed = yield* ask("/v1/dead-letters", {}, "key-reader")
      assert.containSubset(listed.body, {
        deadLetters: [{ id, eventId: id, reason: "runtime_refused_410", refusals: 5, type: "whatsapp.message.text" }]
      })
      assert.notInclude(listed.text, "provider-4")
      assert.strictEqual((yield* ask(`/v1/dead-letters/${id}`, {}, "key-reader")).body["providerId"], "provider-4")
      const path = `/v1/dead-letters/${id}/redrive`
      const done = yield* ask(path, post({ reason: "it is repaired" }), "key-all")
      assert.deepStrictEqual([done.status, done.body], [200, { id, eventId: id }])
      assert.strictEqual((yield* ask(path, post(), "key-all")).status, 404)
      const ours = yield* owner
      yield* log.deadLetter(ours, 6, "runtime_refused_410")
      assert.strictEqual((yield* ask(path, { method: "POST" }, "key-all")).status, 200)
      assert.deepStrictEqual(yield* waiting, [
        [eventIdOf(5), 0, false],
        [id, 0, true]
      ])
      assert.deepStrictEqual((yield* subjects).at(-1), ["all", "event.redrive", id, "it is repaired"])
      assert.notInclude(JSON.stringify((yield* RecordedLog).lines), "repaired")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an operator redrives the dead letters that match a filter, and no others", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const ask = yield* scene
      yield* log.deadLetter(yield* owner, 5, "runtime_refused_422")
      const many = (filter: Json) => ask("/v1/dead-letters/redrive", post({ filter }), "key-all")
      assert.deepStrictEqual((yield* many({ account: "other" })).body, { redriven: 0 })
      assert.deepStrictEqual((yield* many({ reason: "runtime_refused_422" })).body, { redriven: 1 })
      assert.deepStrictEqual(yield* waiting, [[eventIdOf(5), 0, true]])
      assert.deepStrictEqual((yield* many({ connector: "whatsapp", account: "support", from: 0 })).body, {
        redriven: 1
      })
      assert.lengthOf(yield* waiting, 2)
      // Neither is configured here, so each may be a person (G14).
      const [action, subject] = (yield* subjects)[0]?.slice(1, 3) ?? []
      assert.strictEqual(action, "events.redrive")
      const hashed = "unknown_[0-9a-f]{32}"
      assert.match(String(subject), new RegExp(`^{"from":0,"connector":"${hashed}","account":"${hashed}"}$`))
      for (const wrong of [{ filter: { colour: "red" } }, {}, { filter: { from: "soon" } }]) {
        assert.strictEqual((yield* ask("/v1/dead-letters/redrive", post(wrong), "key-all")).status, 422)
      }
      const cursor = { filter: {}, cursor: "x" }
      assert.strictEqual((yield* ask("/v1/dead-letters/redrive", post(cursor), "key-all")).status, 400)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("I2 the API answers `outcome_unknown` for an ambiguous replay, unless it can find out by itself", () =>
    Effect.gen(function* () {
      const records = yield* EventRecords
      const unknown = Effect.fail(infra("unknown"))
      const replayOf = (replay: typeof records.replay) =>
        Effect.gen(function* () {
          const ask = yield* scene
          const { status, headers, body } = yield* ask(`/v1/events/${eventIdOf(2)}/replay`, post(), "key-all")
          return { status, wait: headers.get("retry-after"), body }
        }).pipe(Effect.provideService(EventRecords, { ...records, replay }))
      const lost = yield* replayOf(() => unknown)
      assert.deepInclude(lost, { status: 503, wait: "1" })
      assert.deepInclude(lost.body, { code: "outcome_unknown", eventId: eventIdOf(2), replays: 0 })
      const made = yield* replayOf((places) => Effect.andThen(records.replay(places), unknown))
      assert.deepStrictEqual([made.status, made.body["replay"]], [200, 1])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G33 an operator replays a delivered event, and a rejected replay names the reason", () =>
    Effect.gen(function* () {
      const ask = yield* scene
      const replay = (n: number) => ask(`/v1/events/${eventIdOf(n)}/replay`, post(), "key-all")
      const eventId = eventIdOf(2)
      assert.deepStrictEqual((yield* replay(2)).body, { eventId, replay: 1, webhookId: `${eventId}_r1` })
      assert.deepStrictEqual((yield* replay(2)).body, { eventId, replay: 2, webhookId: `${eventId}_r2` })
      for (const [n, code] of [
        [4, "dead_lettered"],
        [5, "pending"]
      ] as const) {
        const { status, body } = yield* replay(n)
        assert.deepStrictEqual([status, body["code"]], [409, code])
      }
      assert.deepStrictEqual(yield* waiting, [
        [eventIdOf(5), 0, false],
        [eventId, 1, false],
        [eventId, 2, false]
      ])
      assert.strictEqual((yield* ask(`/v1/events/${eventId}`, {}, "key-reader")).body["replays"], 2)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an operator replays the delivered events of a period, in their order", () =>
    Effect.gen(function* () {
      const ask = yield* scene
      const many = (filter: Json) => ask("/v1/events/replay", post({ filter }), "key-all")
      assert.containSubset((yield* many({ from: 1 })).body, { replayed: 0, skipped: 0 })
      assert.containSubset((yield* many({ from: 0, account: "other" })).body, { replayed: 0, skipped: 0 })
      assert.deepStrictEqual((yield* many({ from: 0, to: 0 })).body, { replayed: 3, skipped: 2, to: 0 })
      assert.deepStrictEqual(
        (yield* waiting).slice(1),
        [1, 2, 3].map((n) => [eventIdOf(n), 1, false])
      )
      assert.strictEqual((yield* many({})).status, 422)
      assert.isAtLeast((yield* Partitions).count, 2)
    }).pipe(Effect.provide(baseLayer))
  )
})
