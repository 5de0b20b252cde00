import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { askRedis } from "../../support/ask-redis.ts"
import { conserves, secrets } from "../../support/client.ts"
import { comporta, installation } from "../../support/program.ts"
import { provider } from "../../support/provider.ts"
import { receiver } from "../../support/receiver.ts"
import { becomes } from "../../support/test-bed.ts"
import { messages, status, statuses, text } from "../../support/webhook.ts"
import { durableRedis } from "../support/scene.ts"
import { load, recordedStore } from "./recorded-store.ts"

const hour = 3_600_000

/** A gateway over the recorded store, a provider and a runtime. The recording is old enough to be archived. */
const started = Effect.gen(function* () {
  const redis = yield* durableRedis
  yield* Effect.promise(() => load(redis.port, 2 * hour))
  const ask = (...command: readonly [string, ...ReadonlyArray<string>]) =>
    Effect.promise(async () => (await askRedis(redis.port, command))[0])
  const graph = yield* provider((n) => `wamid.of-this-release-${n}`)
  const runtime = yield* receiver(secrets["runtime/signing"])
  const installed = yield* installation({
    redisUrl: redis.url,
    provider: graph.url,
    runtime: runtime.url,
    sealed: true
  })
  const gateway = yield* installed.start
  return { ask, graph, runtime, installed, gateway }
})

/** A recipient of its own for each key, because a provider limits the messages to one recipient. */
const recipientOf = (key: string) => `+1555010${key.replace(/\D/g, "").padStart(4, "0")}`

const stamp = "comporta:{p0}:stamp"

describe("I1 I2 G5 a store that the earlier release has written", () => {
  it.live("an upgrade under traffic loses nothing, and answers each key of the earlier release as before", () =>
    Effect.gen(function* () {
      const { ask, graph, runtime, installed, gateway } = yield* started
      const earlierId = yield* ask("HGET", stamp, "id")
      assert.strictEqual(yield* ask("HGET", stamp, "format"), "1")
      const repeatAll = Effect.forEach(recordedStore.answers, (known) =>
        Effect.gen(function* () {
          const again = yield* gateway.send(known.key)
          assert.deepStrictEqual(
            [again.status, again.at("state"), again.at("intentId"), again.at("receipt", "messageId")],
            [known.status, known.state, known.intentId, known.messageId],
            known.key
          )
        })
      )
      yield* repeatAll
      yield* runtime.acknowledged(1)
      assert.deepStrictEqual(runtime.accepted(), ["wamid.pending"], "the event that was pending, and no other")

      const sent: Array<string> = []
      const said: Array<string> = []
      let left = Infinity
      const sending = (lane: number) =>
        Effect.gen(function* () {
          for (let n = 0; left > 0; n++, left--) {
            const key = `through-${lane}${n}`
            const answer = yield* becomes(gateway.send(key, { to: recipientOf(key) }), (one) => one.status !== 429)
            assert.strictEqual(answer.status, 200, answer.text)
            sent.push(key)
            const id = `wamid.said-${lane}-${n}`
            assert.strictEqual((yield* gateway.deliver(messages(text(id)))).status, 200)
            said.push(id)
          }
        })
      const traffic = yield* Effect.forkChild(Effect.all([sending(0), sending(1)], { concurrency: 2 }))
      yield* graph.effects.atLeast(40)
      const upgraded = yield* comporta(["store", "upgrade", "--config", installed.file, "--json"])
      assert.strictEqual(upgraded.code, 0, upgraded.stderr)
      left = 40
      yield* Fiber.join(traffic)

      assert.strictEqual(yield* ask("HGET", stamp, "format"), "2")
      assert.notStrictEqual(
        yield* ask("HGET", stamp, "id"),
        earlierId,
        "every script of the earlier release is refused"
      )
      const ended = recordedStore.answers.filter(({ key }) => key.startsWith("sent")).length
      yield* becomes(ask("XLEN", "comporta:{p0}:archive:sent"), (count) => Number(count) >= ended)
      yield* becomes(ask("XLEN", "comporta:{p0}:archive:failed"), (count) => Number(count) >= 1)
      yield* repeatAll
      for (const key of sent) {
        assert.strictEqual((yield* gateway.send(key, { to: recipientOf(key) })).at("outcome"), "deduped", key)
      }
      assert.lengthOf(graph.effects.all, sent.length, "one effect for each intent, none for a recorded one")

      const known = yield* gateway.deliver(messages(text("wamid.delivered", { from: "15550002222" })))
      assert.strictEqual(known.at("deduped"), 1)
      yield* runtime.acknowledged(1 + said.length)
      assert.deepStrictEqual(new Set(runtime.accepted()), new Set(["wamid.pending", ...said]))

      const { callbackData, messageId } = recordedStore.doubt
      yield* gateway.deliver(statuses(status("delivered", callbackData, { id: messageId })))
      const doubt = yield* becomes(gateway.send("doubt"), (answer) => answer.status === 200)
      assert.strictEqual(doubt.at("receipt", "messageId"), messageId)
      const counts = yield* becomes(gateway.counts, ({ pending }) => pending === 0)
      assert.isTrue(conserves(counts), JSON.stringify(counts))
    })
  )
})
