import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { webhookHandler } from "../../layers/node-http/direct-handlers.ts"
import { text } from "../../src/http/server/response.ts"
import { maxWebhookBytes, maxWebhookMemory, maxWebhooks } from "../../src/http/server/webhook-endpoint.ts"
import { journal } from "../fakes/journal.ts"
import { toNowhere } from "./to-nowhere.ts"

const megabyte = Buffer.alloc(1_048_576, " ")

/** The handler in front of a gate that answers once the latch is open. */
const harness = Effect.gen(function* () {
  const latch = yield* Latch.make(false)
  const received = journal<number>()
  const answered = journal<number>()
  const handle = webhookHandler(
    {
      knows: () => true,
      handshake: () => text(200, ""),
      receive: (_, { body }, answer) => {
        received.record(body.length)
        Effect.runFork(Effect.map(latch.await, () => answer(text(200, "durable"))))
      }
    },
    () => {}
  )
  /** A webhook that leads nowhere: chunks that have come, and its end when the test says so. */
  const post = (...chunks: ReadonlyArray<Uint8Array>) => {
    const { request, response, end } = toNowhere("/webhooks/fixture")
    response.once("finish", () => answered.record(response.statusCode))
    assert.isTrue(handle(request, response))
    for (const chunk of chunks) request.push(chunk)
    return { response, end }
  }
  return { latch, received, answered, post }
})

describe("concurrent webhooks", () => {
  it.effect("concurrent webhooks beyond the limit are answered 503, until one ends", () =>
    Effect.gen(function* () {
      const { latch, received, answered, post } = yield* harness
      for (let n = 0; n < maxWebhooks; n++) post(Buffer.from("{}")).end()
      yield* received.reach(maxWebhooks)
      const busy = post(Buffer.from("{}"))
      busy.end()
      yield* answered.reach(1)
      assert.strictEqual(busy.response.statusCode, 503)
      assert.lengthOf(received.all, maxWebhooks)
      yield* latch.open
      yield* answered.reach(1 + maxWebhooks)
      post(Buffer.from("{}")).end()
      yield* received.reach(maxWebhooks + 1)
      assert.deepStrictEqual([...new Set((yield* answered.reach(maxWebhooks + 2)).slice(1))], [200])
    })
  )

  it.effect("concurrent webhooks are bounded in the bytes of their bodies", () =>
    Effect.gen(function* () {
      const { received, answered, post } = yield* harness
      const each = maxWebhookBytes / megabyte.length
      const needed = Math.floor(maxWebhookMemory / maxWebhookBytes) + 1
      for (let n = 0; n < needed; n++) post(...Array.from({ length: each }, () => megabyte)).end()
      yield* received.reach(needed)
      const busy = post(Buffer.from("{}"))
      busy.end()
      yield* answered.reach(1)
      assert.strictEqual(busy.response.statusCode, 503)
    })
  )
})
