import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { receiver } from "../support/receiver.ts"
import { messages, text } from "../support/webhook.ts"

const running = Effect.gen(function* () {
  const runtime = yield* receiver(secrets["runtime/signing"])
  return { runtime, gateway: yield* startGateway({ runtime: runtime.url }) }
})

/** The n-th message of a person, counted from 0. */
const sent = (person: number, n: number) => text(`wamid.${person}.${n}`, { from: `1555010${2000 + person}` })
const said = (person: number, n: number) => messages(sent(person, n))
const inOrder = (person: number, count: number) => Array.from({ length: count }, (_, n) => `wamid.${person}.${n}`)
const ofPerson = (ids: ReadonlyArray<string>, person: number) => ids.filter((id) => id.startsWith(`wamid.${person}.`))
const persons = Array.from({ length: 12 }, (_, person) => person)

describe.concurrent("I8 delivery to the runtime", () => {
  it.live("the gateway delivers interleaved conversations each in the order of admission", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      for (const n of [0, 5]) {
        const rounds = [n, n + 1, n + 2, n + 3, n + 4]
        yield* gateway.deliver(messages(...rounds.flatMap((round) => persons.map((person) => sent(person, round)))))
      }
      yield* gateway.log.waitFor("dispatch.delivered", 120)
      for (const person of persons) assert.deepStrictEqual(ofPerson(runtime.accepted(), person), inOrder(person, 10))
      assert.lengthOf(runtime.arrivals.all, 120)
      assert.lengthOf(runtime.forged.all, 0)
      const counts = yield* gateway.counts
      assert.isTrue(conserves(counts))
      assert.deepInclude(counts, { received: 120, delivered: 120 })
    })
  )

  it.live("a conversation that the runtime holds back delays only itself", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      runtime.replies("wamid.0.0", 503, 500, 503, 503, 503, 503, 503, 503)
      for (const n of [0, 1, 2]) yield* Effect.forEach(persons, (person) => gateway.deliver(said(person, n)))
      yield* runtime.acknowledged(33)
      yield* gateway.log.waitFor("dispatch.held", 2)
      assert.deepStrictEqual(
        ofPerson(
          runtime.arrivals.all.map(({ providerId }) => providerId),
          0
        ).slice(0, 2),
        ["wamid.0.0", "wamid.0.0"]
      )
      assert.notInclude(
        runtime.arrivals.all.map(({ providerId }) => providerId),
        "wamid.0.1"
      )
      assert.deepInclude(yield* gateway.counts, { delivered: 33, pending: 3, deadLettered: 0 })
      runtime.heal("wamid.0.0")
      yield* gateway.log.waitFor("dispatch.delivered", 36)
      assert.deepStrictEqual(ofPerson(runtime.accepted(), 0), inOrder(0, 3))
      assert.isTrue(conserves(yield* gateway.counts))
    })
  )

  it.live("a held conversation with more than a thousand events delays no other", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      runtime.replies("wamid.0.0", ...Array.from({ length: 50 }, () => 503))
      for (const hundreds of [0, 400, 800]) {
        const texts = Array.from({ length: 400 }, (_, n) => sent(0, hundreds + n))
        yield* gateway.deliver(messages(...texts))
      }
      yield* gateway.log.waitFor("dispatch.held")
      const others = Array.from({ length: 60 }, (_, n) => said(n + 1, 0))
      yield* Effect.forEach(others, gateway.deliver, { concurrency: 10 })
      yield* Effect.timeoutOption(runtime.acknowledged(60), "6 seconds")
      assert.lengthOf(runtime.accepted(), 60)
      runtime.heal("wamid.0.0")
      yield* runtime.acknowledged(1_260)
      assert.deepStrictEqual(ofPerson(runtime.accepted(), 0), inOrder(0, 1_200))
    })
  )

  it.live("the gateway waits as long as the runtime's Retry-After says", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      runtime.replies("wamid.0.0", [429, 1], [503, 1])
      const startedAt = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      yield* gateway.deliver(said(0, 0))
      yield* gateway.log.waitFor("dispatch.delivered")
      const passed = (yield* Effect.clockWith((clock) => clock.currentTimeMillis)) - startedAt
      assert.isAtLeast(passed, 2_000)
      assert.deepStrictEqual(
        runtime.arrivals.all.map(({ answered }) => answered),
        [429, 503, 204]
      )
    })
  )

  it.live("G48 an event refused while others are delivered is dead-lettered, and its conversation continues", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      runtime.replies("wamid.0.0", ...Array.from({ length: 20 }, () => 410))
      yield* gateway.deliver(said(1, 0))
      yield* gateway.log.waitFor("dispatch.delivered")
      yield* gateway.deliver(said(0, 0))
      yield* gateway.deliver(said(0, 1))
      const [dead] = yield* gateway.log.waitFor("dispatch.dead_lettered")
      yield* gateway.log.waitFor("dispatch.delivered", 2)
      assert.deepInclude(dead?.fields, { outcome: "dead_lettered", refusals: 5, failureCode: "410" })
      const deliveredIds = ofPerson(
        runtime.arrivals.all.map(({ providerId, answered }) => `${providerId} ${answered}`),
        0
      )
      assert.isAtLeast(deliveredIds.length, 6)
      assert.deepStrictEqual([...new Set(deliveredIds)], ["wamid.0.0 410", "wamid.0.1 204"])
      const counts = yield* gateway.counts
      assert.isTrue(conserves(counts))
      assert.deepInclude(counts, { admitted: 3, delivered: 2, deadLettered: 1, pending: 0 })
      assert.deepInclude((yield* gateway.deliver(said(0, 0))).json, { deduped: 1 })
    })
  )

  it.live("G33 a runtime that was away receives everything in order, and no attempt is spent", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      yield* runtime.leave
      for (const n of [0, 1, 2, 3, 4]) yield* Effect.forEach(persons, (person) => gateway.deliver(said(person, n)))
      const held = yield* gateway.log.waitFor("dispatch.held", 4)
      assert.isTrue(held.every(({ fields }) => fields.failureCode === "refused"))
      assert.lengthOf(gateway.log.of("runtime.away"), 1)
      assert.deepInclude(yield* gateway.counts, { admitted: 60, delivered: 0, pending: 60 })
      yield* runtime.comeBack
      yield* gateway.log.waitFor("dispatch.delivered", 60)
      for (const person of persons) assert.deepStrictEqual(ofPerson(runtime.accepted(), person), inOrder(person, 5))
      assert.lengthOf(gateway.log.of("dispatch.refused"), 0)
      assert.lengthOf(gateway.log.of("runtime.back"), 1)
      assert.deepInclude(yield* gateway.counts, { delivered: 60, pending: 0, deadLettered: 0 })
    })
  )

  it.live("an event whose acknowledgement was lost is delivered again under the same id", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      runtime.replies("wamid.0.0", "drop")
      yield* gateway.deliver(said(0, 0))
      yield* gateway.deliver(said(0, 1))
      yield* gateway.log.waitFor("dispatch.delivered", 2)
      const ids = runtime.arrivals.all.map(({ eventId }) => eventId)
      assert.lengthOf(ids, 3)
      assert.strictEqual(ids[0], ids[1])
      assert.deepInclude(yield* gateway.counts, { delivered: 2, pending: 0 })
    })
  )
})
