import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isJsonObject } from "../../src/domain/json.ts"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../src/inbound/event-log/event-admin.ts"
import { infra } from "../fakes/faults.ts"
import { admittedEvents, eventIdOf, eventOf, owner } from "../inbound/harness.ts"
import { api, baseLayer } from "./harness.ts"

const codeOf = (body: Readonly<Record<string, unknown>>, part: string) => {
  const value = body[part]
  return isJsonObject(value) ? value["code"] : undefined
}

describe("explain API", () => {
  it.effect("the API explains an event by its state and its place in its conversation", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const records = yield* EventRecords
      yield* admittedEvents(eventOf(1), eventOf(2), eventOf(3, 2), eventOf(4), eventOf(5))
      const ours = yield* owner
      yield* log.acknowledge(ours, "runtime", 1)
      yield* log.refuse(ours, 2, 2)
      yield* log.deadLetter(ours, 3, "runtime_refused_410")
      const ask = yield* api
      const why = Effect.fnUntraced(function* (id: string) {
        const { body, status } = yield* ask(`/v1/explain/${id}`, {}, "key-reader")
        assert.strictEqual(status, 200)
        return [codeOf(body, "why"), codeOf(body, "retry")].join(" ")
      })
      assert.strictEqual(yield* why(eventIdOf(1)), "acknowledged never")
      assert.strictEqual(yield* why(eventIdOf(2)), "runtime_refused gateway")
      assert.strictEqual(yield* why(eventIdOf(3)), "runtime_refused operator")
      assert.strictEqual(yield* why(eventIdOf(5)), "waits_behind gateway")
      const { text } = yield* ask(`/v1/explain/${eventIdOf(5)}`, {}, "key-reader")
      assert.include(text, `behind 2 events of its conversation`)
      assert.include(text, `Its first event is ${eventIdOf(2)}`)
      for (const word of ["provider-", "content", "5511"]) assert.notInclude(text, word)

      yield* records.erase(0, "log", ["1"])
      assert.strictEqual(yield* why(eventIdOf(1)), "expired never")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API says which step the caller's own key permits", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* admittedEvents(eventOf(1))
      yield* log.deadLetter(yield* owner, 1, "runtime_refused_410")
      const ask = yield* api
      const permitted = (key: string) =>
        Effect.map(ask(`/v1/explain/${eventIdOf(1)}`, {}, key), ({ text }) => /"permitted":(\w+)/.exec(text)?.[1])
      assert.deepStrictEqual([yield* permitted("key-reader"), yield* permitted("key-all")], ["false", "true"])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API explains no unknown id, to no key without the scope, and not while the store is away", () =>
    Effect.gen(function* () {
      const ask = yield* api
      for (const id of [
        eventIdOf(9),
        `${eventIdOf(9)}.r1`,
        `int_${"0".repeat(32)}`,
        `qua_${"0".repeat(32)}`,
        "nonsense"
      ]) {
        const { body, status } = yield* ask(`/v1/explain/${id}`, {}, "key-reader")
        assert.deepStrictEqual([status, body["code"]], [404, "not_found"], id)
      }
      assert.strictEqual((yield* ask(`/v1/explain/${eventIdOf(9)}`)).status, 401)
      assert.strictEqual((yield* ask(`/v1/explain/${eventIdOf(9)}`, {}, "key-sender")).status, 403)
      const records = yield* EventRecords
      const away = yield* api.pipe(
        Effect.flatMap((broken) => broken(`/v1/explain/${eventIdOf(9)}`, {}, "key-reader")),
        Effect.provideService(EventRecords, { ...records, event: () => Effect.fail(infra("unknown")) })
      )
      assert.deepStrictEqual([away.status, away.body["code"]], [503, "store_unavailable"])
    }).pipe(Effect.provide(baseLayer))
  )
})
