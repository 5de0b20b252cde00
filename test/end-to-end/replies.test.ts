import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { becomes, kill, testBed } from "../support/test-bed.ts"
import { provider } from "../support/provider.ts"
import { receiver } from "../support/receiver.ts"
import { messages, text } from "../support/webhook.ts"

const reply = (key: string, body = key, account = "support") => ({
  key,
  account,
  capability: "text",
  to: "+15550104321",
  input: { body }
})

const setup = Effect.gen(function* () {
  const graph = yield* provider()
  const runtime = yield* receiver(secrets["runtime/signing"])
  const gateway = yield* startGateway({ provider: graph.url, runtime: runtime.url })
  const listed = (state: string) => Effect.map(gateway.get(`/v1/intents?state=${state}`), ({ at }) => at("intents"))
  return { graph, runtime, gateway, listed }
})

describe.concurrent("G32 replies of the runtime", () => {
  it.live("replies are sent once per event, with the correlation id of the event", () =>
    Effect.gen(function* () {
      const { graph, runtime, gateway } = yield* setup
      runtime.replies("wamid.1", "drop", { intents: [reply("hello"), reply("more")] })
      yield* gateway.deliver(messages(text("wamid.1")))
      yield* gateway.deliver(messages(text("wamid.1")))
      const settled = yield* gateway.log.waitFor("intent.settled", 2)
      assert.lengthOf(graph.effects.all, 2)
      assert.lengthOf(runtime.arrivals.all, 2)
      const thread = runtime.arrivals.all[0]?.at("data", "correlationId")
      assert.deepStrictEqual(
        settled.map(({ fields }) => [fields.outcome, fields.correlationId]),
        [
          ["sent", thread],
          ["sent", thread]
        ]
      )
      assert.isTrue(conserves(yield* gateway.counts))
    })
  )

  it.live("I2 replies that are unreadable cause redelivery, and then a dead letter", () =>
    Effect.gen(function* () {
      const { graph, runtime, gateway } = yield* setup
      const broken = { intents: [{ ...reply("a"), input: "hello" }] }
      runtime.replies("wamid.1", ...Array.from({ length: 20 }, () => broken))
      yield* gateway.deliver(messages(text("wamid.1")))
      const [line] = yield* gateway.log.waitFor("dispatch.dead_lettered")
      assert.strictEqual(line?.fields.failureCode, "answer_malformed")
      assert.lengthOf(graph.effects.all, 0)
      assert.deepInclude(yield* gateway.counts, { deadLettered: 1, delivered: 0, pending: 0 })
    })
  )

  it.live("I2 replies that cannot be performed are listed as failed", () =>
    Effect.gen(function* () {
      const { graph, runtime, gateway } = yield* setup
      runtime.replies("wamid.1", { intents: [reply("a", "a", "nobody"), reply("b", "x".repeat(5_000)), reply("c")] })
      yield* gateway.deliver(messages(text("wamid.1")))
      yield* gateway.log.waitFor("intent.settled")
      yield* gateway.log.waitFor("reply.refused", 2)
      const answer = yield* gateway.get("/v1/intents?state=failed")
      const intents = answer.at("intents")
      assert.isArray(intents)
      assert.lengthOf(Array.isArray(intents) ? intents : [], 2)
      assert.include(JSON.stringify(intents), "not_configured")
      assert.lengthOf(graph.effects.all, 1)
    })
  )
})

describe.concurrent("I1 gateway killed during a reply", () => {
  it.live(
    "a killed gateway sends no reply twice and loses none: a started one is in doubt, the others are sent",
    () =>
      Effect.gen(function* () {
        const { graph, runtime, installed } = yield* testBed
        const first = yield* installed.start
        runtime.replies("wamid.1", { intents: [reply("under-way"), reply("not-begun")] })
        graph.next("hang")
        yield* first.deliver(messages(text("wamid.1")))
        yield* graph.requests.atLeast(1)
        yield* kill(first)
        const second = yield* installed.start
        yield* becomes(
          Effect.sync(() => graph.effects.all.length),
          (effects) => effects === 1
        )
        assert.lengthOf(graph.requests.all, 2)
        const doubts = yield* becomes(second.get("/v1/intents?state=in_doubt"), ({ text }) => text.includes("int_"))
        assert.strictEqual(doubts.status, 200)
        const counts = yield* second.counts
        assert.isTrue(conserves(counts))
        assert.deepInclude(counts, { admitted: 1, delivered: 1, pending: 0 })
        assert.lengthOf(runtime.arrivals.all, 1)
      }),
    90_000
  )
})
