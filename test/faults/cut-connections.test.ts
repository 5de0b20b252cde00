import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import {
  acknowledgeScript,
  deadLetterScript,
  refuseScript
} from "../../layers/redis/event-log/scripts/acknowledge-refuse.ts"
import { admitScript } from "../../layers/redis/event-log/scripts/admit.ts"
import { maxRefusals } from "../../src/inbound/deliver/deliver.ts"
import { askRedis } from "../support/ask-redis.ts"
import { tcpProxy } from "../support/tcp-proxy.ts"
import { conserved, inOrder, repeatsInPlace } from "./support/proof.ts"
import { durableRedis, sceneAt } from "./support/scene.ts"
import { receivedOf, numbers, said, saidId, talk } from "./support/talk.ts"

const persons = numbers(6)
const scripts = {
  admit: admitScript,
  acknowledge: acknowledgeScript,
  refuse: refuseScript,
  deadLetter: deadLetterScript
}

/** Replicas that reach their store through a proxy only. */
const scene = Effect.gen(function* () {
  const redis = yield* durableRedis
  for (const { source } of Object.values(scripts)) {
    yield* Effect.promise(() => askRedis(redis.port, ["SCRIPT", "LOAD", source]))
  }
  const proxy = yield* tcpProxy(redis.port)
  return { redis, proxy, at: { url: redis.url }, ...(yield* sceneAt(`redis://127.0.0.1:${proxy.port}`)) }
})

describe.concurrent("I2 I3 I8 cut store connection", () => {
  it.live.each(Object.entries(scripts))(
    "a connection cut right after the script %s was written leaves it applied once",
    ([name, { sha }]) =>
      Effect.gen(function* () {
        const { proxy, at, runtime, replica } = yield* scene
        const one = yield* replica
        const poisons = name === "refuse" || name === "deadLetter" ? persons.slice(0, 1) : []
        for (const person of poisons) {
          runtime.replies(saidId(person, 1), ...Array.from({ length: 4 * maxRefusals }, () => 422))
        }
        const cuts = proxy.cutAfter(sha, 5)
        yield* talk(() => [one], persons, numbers(8))
        const { deadLettered } = yield* conserved(one, at, persons.length * 8)
        assert.isAtLeast(cuts(), 1)
        assert.strictEqual(deadLettered, poisons.length)
        for (const person of persons) {
          const expected = numbers(8).filter((n) => !poisons.includes(person) || n !== 1)
          assert.deepStrictEqual([...new Set(receivedOf(runtime.arrivals.all, person))], expected)
        }
        repeatsInPlace(runtime, persons)
      })
  )

  it.live("G28 a batch repeated after a silence of the store gets its first result and counts once", () =>
    Effect.gen(function* () {
      const { redis, proxy, at, runtime, replica } = yield* scene
      const one = yield* replica
      yield* one.deliver(said(0, 0))
      redis.freeze()
      const scriptSent = proxy.given(admitScript.sha)
      const webhook = yield* Effect.forkScoped(one.deliver(said(0, 1, 2)))
      yield* Effect.promise(() => scriptSent)
      yield* Effect.promise(() => proxy.given(admitScript.sha))
      redis.thaw()
      const answer = yield* Fiber.join(webhook)
      assert.strictEqual(answer.status, 200)
      assert.deepInclude(Object(answer.json), { admitted: 2, deduped: 0 })
      const counts = yield* conserved(one, at, 3)
      assert.deepInclude(counts, { received: 3, deduped: 0 })
      inOrder(runtime, [0], 3)
    })
  )
})
