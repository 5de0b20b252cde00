import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { receiver } from "../support/receiver.ts"
import { redisServer } from "../support/redis-server.ts"
import { messages, text } from "../support/webhook.ts"

const limit = 48 * 1024 * 1024
const perWebhook = 5
const body = "x".repeat(40_000)

/** Some 200 kB of new events for as many customers. */
const webhook = (n: number) =>
  messages(
    ...Array.from({ length: perWebhook }, (_, at) =>
      text(`wamid.small.${n}.${at}`, { from: `1555010${1_000 + at}`, text: { body } })
    )
  )

describe("G6 small store", () => {
  it.live("a small store accepts three times its memory in webhooks, by deleting delivered events", () =>
    Effect.gen(function* () {
      const redis = yield* redisServer(["--maxmemory", String(limit)])
      const runtime = yield* receiver(secrets["runtime/signing"])
      const gateway = yield* startGateway({ redisUrl: redis.url, runtime: runtime.url })
      const webhooks = Math.ceil((3 * limit) / (perWebhook * body.length))
      for (let n = 0; n < webhooks; n++) {
        const { status } = yield* gateway.deliver(webhook(n))
        assert.strictEqual(status, 200, `webhook ${n} of ${webhooks}`)
        yield* runtime.arrivals.atLeast((n + 1) * perWebhook)
      }
      const counts = yield* gateway.counts
      assert.isTrue(conserves(counts))
      assert.strictEqual(counts.admitted, webhooks * perWebhook)
    })
  )
})
