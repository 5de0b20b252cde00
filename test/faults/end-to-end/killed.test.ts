import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { conserves } from "../../support/client.ts"
import { becomes, kill, testBed } from "../../support/test-bed.ts"
import { messages, status, statuses, text } from "../../support/webhook.ts"

const now = Clock.currentTimeMillis

describe.concurrent("killed gateway", () => {
  it.live(
    "I1 a gateway killed during a call never repeats it: 409 at first, in doubt after the deadline",
    () =>
      Effect.gen(function* () {
        const { graph, installed } = yield* testBed
        const first = yield* installed.start
        graph.next("hang")
        yield* Effect.forkScoped(Effect.exit(first.send("claimed")))
        yield* graph.requests.atLeast(1)
        const claimedAt = yield* now
        yield* kill(first)
        const second = yield* installed.start
        const early = yield* second.send("claimed")
        assert.isBelow((yield* now) - claimedAt, 14_000, "the machine is too slow for this test")
        assert.strictEqual(early.status, 409)
        assert.strictEqual(early.at("state"), "claimed")
        assert.match(String(early.headers["retry-after"]), /^[1-9]/)
        const late = yield* becomes(second.send("claimed"), ({ status }) => status !== 409)
        assert.isAtLeast((yield* now) - claimedAt, 14_000)
        assert.strictEqual(late.status, 504)
        assert.strictEqual(late.at("state"), "in_doubt")
        assert.strictEqual(late.at("safeNewKey"), false)
        assert.strictEqual((yield* second.intent(late.at("intentId"))).at("state"), "in_doubt")
        const callbackData = graph.requests.all[0]?.callbackData ?? ""
        yield* second.deliver(statuses(status("delivered", callbackData, { id: "wamid.it-was-sent" })))
        yield* second.line("evidence.applied")
        const resolved = yield* second.send("claimed")
        assert.strictEqual(resolved.status, 200)
        assert.strictEqual(resolved.at("receipt", "messageId"), "wamid.it-was-sent")
        assert.lengthOf(graph.requests.all, 1)
      }),
    60_000
  )

  it.live("I2 a gateway killed between admission and delivery delivers after its restart", () =>
    Effect.gen(function* () {
      const { runtime, installed } = yield* testBed
      const first = yield* installed.start
      yield* runtime.leave
      const body = messages(text("wamid.before"), text("wamid.after"))
      assert.deepInclude(Object((yield* first.deliver(body)).json), { admitted: 2 })
      yield* first.line("dispatch.held")
      yield* kill(first)
      yield* runtime.comeBack
      const second = yield* installed.start
      assert.deepInclude(Object((yield* second.deliver(body)).json), { deduped: 2 })
      yield* second.line("dispatch.delivered", 2)
      assert.deepStrictEqual(runtime.accepted(), ["wamid.before", "wamid.after"])
      const counts = yield* second.counts
      assert.isTrue(conserves(counts))
      assert.deepInclude(counts, { received: 4, admitted: 2, deduped: 2, delivered: 2 })
    })
  )
})
