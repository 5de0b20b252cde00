import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Json } from "../../../src/domain/json.ts"
import { Admit, layer } from "../../../src/inbound/admit/admit.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { normalizeItem } from "../../../src/inbound/admit/normalize.ts"
import { InboundNotifications } from "../../../src/inbound/notifications.ts"
import { everyAccount, fixtureChannel } from "../../fakes/channel.ts"
import { EventLogFaults } from "../../fakes/event-log.ts"
import { heldBy, refused } from "../../fakes/faults.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { baseLayer } from "../harness.ts"

const gate = Layer.provideMerge(layer, baseLayer)

const harness = Effect.gen(function* () {
  const { admit, tools } = yield* Admit
  const channel = yield* fixtureChannel()
  const itemsOf = (body: Json) =>
    channel.decode(body).map((decoded) => normalizeItem(tools(), channel, decoded, everyAccount(channel)))
  const webhook = (body: Json) => admit(channel, itemsOf(body), 0)
  const events = yield* EventLog
  return { itemsOf, webhook, store: yield* EventLogFaults, log: yield* RecordedLog, counts: events.counts }
})

const message = (n: number, more = {}) => ({ id: `m${n}`, account: "100", from: `+1555${n}`, ...more })
/** Enough conversations to touch both partitions. */
const many = Array.from({ length: 16 }, (_, n) => message(n))

describe("admission", () => {
  it.effect("I2 a webhook succeeds only after every partition of its items is written", () =>
    Effect.gen(function* () {
      const { webhook, store } = yield* harness
      const latch = yield* Latch.make(false)
      store.next("admit", heldBy(latch))
      const fiber = yield* Effect.forkChild(webhook(many))
      const [first, second] = yield* store.calls.admit.reach(2)
      const parts = [...(first?.parts ?? []), ...(second?.parts ?? [])]
      assert.strictEqual(parts.flatMap(({ entries }) => entries).length, many.length)
      assert.sameMembers(
        parts.map(({ partition }) => partition),
        [0, 1]
      )
      yield* Effect.yieldNow
      assert.isUndefined(fiber.pollUnsafe())
      yield* latch.open
      assert.deepStrictEqual(yield* Fiber.join(fiber), { admitted: 16, deduped: 0, quarantined: 0 })
    }).pipe(Effect.provide(gate))
  )

  it.effect("a closed gateway writes nothing more of a pending webhook", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { webhook, store, counts } = yield* Effect.provideContext(harness, yield* Layer.buildWithScope(gate, scope))
      const latch = yield* Latch.make(false)
      store.next("admit", heldBy(latch))
      const fiber = yield* Effect.forkChild(webhook([message(1)]))
      yield* store.calls.admit.reach(1)
      yield* Scope.close(scope, Exit.void)
      yield* latch.open
      for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow
      assert.strictEqual((yield* counts).received, 0)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("I2 a webhook fails when one partition was not written; its redelivery dedupes the rest", () =>
    Effect.gen(function* () {
      const { webhook, store, counts } = yield* harness
      store.next("admit", refused())
      const error = yield* Effect.flip(webhook(many))
      assert.deepInclude(error, { _tag: "InfraError", code: "store_unavailable" })
      const written = (yield* counts).admitted
      assert.isAbove(written, 0)
      assert.isBelow(written, many.length)
      assert.deepStrictEqual(yield* webhook(many), { admitted: 16 - written, deduped: written, quarantined: 0 })
      assert.deepInclude(yield* counts, { admitted: 16, deduped: written, received: 16 + written })
    }).pipe(Effect.provide(gate))
  )

  it.effect("admission decides item by item and writes one log line each, without content", () =>
    Effect.gen(function* () {
      const { webhook, log, counts } = yield* harness
      const body = [message(1), message(1), message(2, { account: "account-300" }), 7, message(3, { status: "read" })]
      assert.deepStrictEqual(yield* webhook(body), { admitted: 2, deduped: 1, quarantined: 2 })
      const lines = (event: Parameters<typeof log.of>[0]) => log.of(event).map(({ fields }) => fields)
      assert.lengthOf(lines("inbound.admitted"), 2)
      assert.sameMembers(
        lines("inbound.admitted").map(({ eventType }) => eventType),
        ["fixture.message.text", "fixture.status.read"]
      )
      const admitted = lines("inbound.admitted").find(({ eventType }) => eventType === "fixture.message.text")
      assert.deepStrictEqual<ReadonlyArray<unknown>>(
        [admitted?.connectorId, admitted?.accountId, admitted?.outcome, admitted?.deduped],
        ["fixture", "front", "admitted", false]
      )
      const [deduped] = lines("inbound.deduped")
      assert.deepStrictEqual([deduped?.dedupeKey, deduped?.deduped], [admitted?.dedupeKey, true])
      const quarantined = lines("inbound.quarantined")
      assert.sameMembers(
        quarantined.map(({ failureCode }) => failureCode),
        ["unknown_account", "payload"]
      )
      for (const fields of quarantined) assert.strictEqual(fields.failureClass, "PayloadError")
      for (const outside of ["m1", "m2", "m3", "+1555", "account-300"])
        assert.notInclude(JSON.stringify(log.lines), outside)
      assert.deepInclude(yield* counts, { received: 5, admitted: 2, deduped: 1, quarantined: 2, pending: 2 })
    }).pipe(Effect.provide(gate))
  )

  it.effect("admission wakes the consumers of new events, and none for duplicates and quarantined items", () =>
    Effect.gen(function* () {
      const { webhook, itemsOf } = yield* harness
      const notifications = yield* InboundNotifications
      const status = message(1, { status: "read" })
      const partition = itemsOf(status)[0]?.partition ?? 0
      yield* webhook(status)
      yield* notifications.runtime.next(partition)
      yield* notifications.ledger.next(partition)
      yield* webhook([status, 7])
      const waiting = yield* Effect.forEach(["runtime", "ledger"] as const, (consumer) =>
        Effect.forkChild(notifications[consumer].next(partition), { startImmediately: true })
      )
      assert.isTrue(waiting.every((fiber) => fiber.pollUnsafe() === undefined))
      yield* webhook(message(1))
      const [runtime, ledger] = waiting
      if (runtime !== undefined) yield* Fiber.join(runtime)
      assert.isUndefined(ledger?.pollUnsafe())
    }).pipe(Effect.provide(gate))
  )

  it.effect("a caller that disconnects does not interrupt the admission of its webhook", () =>
    Effect.gen(function* () {
      const { webhook, store, log, counts } = yield* harness
      const latch = yield* Latch.make(false)
      store.next("admit", heldBy(latch))
      const fiber = yield* Effect.forkChild(webhook(message(1)))
      yield* store.calls.admit.reach(1)
      yield* Fiber.interrupt(fiber)
      yield* latch.open
      yield* log.waitFor("inbound.admitted")
      assert.strictEqual((yield* counts).admitted, 1)
    }).pipe(Effect.provide(gate))
  )
})
