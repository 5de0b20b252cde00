import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { receiver } from "../support/receiver.ts"
import { change, entry, messages, statuses, status, text, userId, webhook } from "../support/webhook.ts"

const running = Effect.gen(function* () {
  const runtime = yield* receiver(secrets["runtime/signing"])
  return { runtime, gateway: yield* startGateway({ runtime: runtime.url }) }
})

describe("a signed webhook", () => {
  it.live("is admitted once and durably; what comes again is deduped", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      const first = yield* gateway.deliver(messages(text("wamid.a")))
      assert.strictEqual(first.status, 200)
      assert.strictEqual(first.headers["comporta-admitted"], "durable")
      assert.strictEqual(first.headers["comporta-deduped"], "false")
      assert.deepStrictEqual(first.json, { admitted: 1, deduped: 0, quarantined: 0 })
      const again = yield* gateway.deliver(messages(text("wamid.a")))
      assert.strictEqual(again.status, 200)
      assert.strictEqual(again.headers["comporta-deduped"], "true")
      assert.deepStrictEqual(again.json, { admitted: 0, deduped: 1, quarantined: 0 })
      yield* runtime.acknowledged(1)
      yield* gateway.log.waitFor("dispatch.delivered")
      assert.lengthOf(runtime.arrivals.all, 1)
      assert.deepStrictEqual(yield* gateway.counts, {
        received: 2,
        admitted: 1,
        deduped: 1,
        quarantined: 0,
        delivered: 1,
        deadLettered: 0,
        pending: 0
      })
    })
  )
})
