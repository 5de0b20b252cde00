import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves } from "../support/client.ts"
import { becomes, testBed } from "../support/test-bed.ts"
import type { RedisServer } from "../support/redis-server.ts"
import { messages, text } from "../support/webhook.ts"

describe.concurrent("unavailable store", () => {
  const away = (
    name: string,
    leave: (redis: RedisServer) => Effect.Effect<unknown>,
    comeBack: (redis: RedisServer) => Effect.Effect<unknown>
  ) =>
    it.live(`a gateway whose store ${name} admits and sends nothing, and recovers by itself`, () =>
      Effect.gen(function* () {
        const { redis, graph, runtime, installed } = yield* testBed
        const program = yield* installed.start
        assert.strictEqual((yield* program.get("/readyz")).status, 200)
        yield* leave(redis)
        const body = messages(text("wamid.again"))
        const [webhook, intent, ready, metrics, listing] = yield* Effect.all(
          [
            program.deliver(body),
            program.send("not-yet"),
            program.get("/readyz"),
            program.get("/metrics"),
            program.get("/v1/intents?state=sent")
          ],
          { concurrency: "unbounded" }
        )
        for (const answer of [webhook, intent, listing]) {
          assert.strictEqual(answer.status, 503)
          assert.match(String(answer.headers["retry-after"]), /^[1-9]/)
          assert.strictEqual(answer.headers["content-type"], "application/problem+json")
        }
        assert.isUndefined(webhook.headers["comporta-admitted"])
        assert.strictEqual(ready.status, 503)
        assert.strictEqual(metrics.status, 200)
        assert.strictEqual((yield* program.get("/livez")).status, 200)
        assert.lengthOf(graph.requests.all, 0)

        yield* comeBack(redis)
        yield* becomes(program.get("/readyz"), ({ status }) => status === 200)
        assert.strictEqual((yield* program.deliver(body)).status, 200)
        yield* runtime.acknowledged(1)
        const sent = yield* becomes(program.send("not-yet"), ({ status }) => status !== 409)
        assert.strictEqual(sent.status, 200)
        assert.lengthOf(graph.effects.all, 1)
        assert.strictEqual((yield* program.deliver(body)).headers["comporta-deduped"], "true")
        yield* becomes(program.counts, ({ delivered }) => delivered === 1)
        const counts = yield* program.counts
        assert.isTrue(conserves(counts))
        assert.strictEqual(counts.admitted, 1)
        assert.lengthOf(runtime.arrivals.all, 1)
      })
    )
  away(
    "falls silent",
    (redis) => Effect.sync(redis.freeze),
    (redis) => Effect.sync(redis.thaw)
  )
  away(
    "dies",
    (redis) => Effect.promise(() => redis.stop("SIGKILL")),
    (redis) => Effect.promise(redis.restart)
  )
})
