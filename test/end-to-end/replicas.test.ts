import { randomUUID } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { provider } from "../support/provider.ts"
import { installation } from "../support/program.ts"
import { receiver } from "../support/receiver.ts"
import { redisServer } from "../support/redis-server.ts"
import { messages, status, statuses, text } from "../support/webhook.ts"

const setup = Effect.gen(function* () {
  const graph = yield* provider()
  const runtime = yield* receiver(secrets["runtime/signing"])
  const prefix = `test-${randomUUID()}`
  return { graph, runtime, replica: startGateway({ prefix, provider: graph.url, runtime: runtime.url }) }
})

const persons = [0, 1, 2, 3, 4, 5, 6, 7]
const said = (person: number, n: number) => messages(text(`wamid.${person}.${n}`, { from: `1555010${4000 + person}` }))
const ofPerson = (ids: ReadonlyArray<string>, person: number) => ids.filter((id) => id.startsWith(`wamid.${person}.`))
const rounds = (count: number) => Array.from({ length: count }, (_, n) => n)

describe.concurrent("two replicas on one store", () => {
  it.live("I1 two replicas perform one intent once, and return the same result", () =>
    Effect.gen(function* () {
      const { graph, replica } = yield* setup
      const [one, two] = [yield* replica, yield* replica]
      for (const round of rounds(5)) {
        const answers = yield* Effect.forEach(rounds(12), (n) => (n % 2 === 0 ? one : two).send(`key-${round}`), {
          concurrency: "unbounded"
        })
        assert.isTrue(answers.every(({ status }) => status === 200 || status === 409))
        assert.lengthOf(graph.effects.all, round + 1)
      }
      const [left, right] = [yield* one.send("key-0"), yield* two.send("key-0")]
      assert.deepStrictEqual(left.json, right.json)
      graph.next("drop")
      const doubt = yield* one.send("doubt")
      assert.strictEqual(doubt.status, 504)
      assert.strictEqual((yield* two.send("doubt")).status, 504)
      const callbackData = graph.requests.all.at(-1)?.callbackData ?? ""
      yield* two.deliver(statuses(status("sent", callbackData)))
      yield* Effect.raceFirst(one.log.waitFor("evidence.applied"), two.log.waitFor("evidence.applied"))
      assert.strictEqual((yield* one.send("doubt")).status, 200)
      assert.strictEqual((yield* one.intent(doubt.at("intentId"))).at("state"), "sent")
    })
  )

  it.live("two replicas admit one webhook once and deliver each event once, in order", () =>
    Effect.gen(function* () {
      const { runtime, replica } = yield* setup
      const [one, two] = [yield* replica, yield* replica]
      for (const n of rounds(6)) {
        const bodies = persons.map((person) => said(person, n))
        yield* Effect.forEach(
          bodies.flatMap((body) => [one.deliver(body), two.deliver(body)]),
          (post) => post,
          { concurrency: "unbounded" }
        )
      }
      yield* runtime.acknowledged(48)
      yield* Effect.repeat(one.counts, { until: ({ pending }) => pending === 0 })
      for (const person of persons) {
        assert.deepStrictEqual(
          ofPerson(runtime.accepted(), person),
          rounds(6).map((n) => `wamid.${person}.${n}`)
        )
      }
      const [left, right] = [yield* one.counts, yield* two.counts]
      assert.deepStrictEqual(left, right)
      assert.isTrue(conserves(left))
      assert.deepInclude(left, { received: 96, admitted: 48, deduped: 48, delivered: 48 })
    })
  )

  it.live("G30 a replica takes over from a stopped one, and keeps the order", () =>
    Effect.gen(function* () {
      const { runtime, replica } = yield* setup
      const scope = yield* Scope.make()
      const one = yield* Scope.provide(replica, scope)
      const two = yield* replica
      for (const n of rounds(3)) yield* Effect.forEach(persons, (person) => one.deliver(said(person, n)))
      yield* Scope.close(scope, Exit.void)
      for (const n of rounds(3)) yield* Effect.forEach(persons, (person) => two.deliver(said(person, n + 3)))
      yield* runtime.acknowledged(48)
      yield* Effect.repeat(two.counts, { until: ({ pending }) => pending === 0 })
      for (const person of persons) {
        const order = [...new Set(ofPerson(runtime.accepted(), person))]
        assert.deepStrictEqual(
          order,
          rounds(6).map((n) => `wamid.${person}.${n}`)
        )
      }
      assert.isTrue(conserves(yield* two.counts))
    })
  )

  it.live("a replica takes over from a killed one with nothing lost, and keeps the order", () =>
    Effect.gen(function* () {
      const redis = yield* redisServer()
      const runtime = yield* receiver(secrets["runtime/signing"])
      const installed = yield* installation({ redisUrl: redis.url, runtime: runtime.url })
      const first = yield* installed.start
      const second = yield* startGateway({ redisUrl: redis.url, prefix: "comporta", runtime: runtime.url })
      for (const n of rounds(3)) yield* Effect.forEach(persons, (person) => second.deliver(said(person, n)))
      yield* runtime.arrivals.atLeast(5)
      first.signal("SIGKILL")
      yield* first.ended
      for (const n of rounds(3)) yield* Effect.forEach(persons, (person) => second.deliver(said(person, n + 3)))
      yield* runtime.acknowledged(48)
      yield* Effect.repeat(second.counts, { until: ({ pending }) => pending === 0 })
      for (const person of persons) {
        const order = [...new Set(ofPerson(runtime.accepted(), person))]
        assert.deepStrictEqual(
          order,
          rounds(6).map((n) => `wamid.${person}.${n}`)
        )
      }
      const counts = yield* second.counts
      assert.isTrue(conserves(counts))
      assert.deepInclude(counts, { admitted: 48, delivered: 48, deadLettered: 0 })
    })
  )
})
