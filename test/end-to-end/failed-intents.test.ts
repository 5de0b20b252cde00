import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { startGateway } from "../support/gateway.ts"
import { provider } from "../support/provider.ts"

const running = Effect.gen(function* () {
  const graph = yield* provider()
  return { graph, gateway: yield* startGateway({ provider: graph.url }) }
})

describe("failed intents", () => {
  it.live("an intent that the provider rejected permanently returns its first result and is not retried", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      const cases = [
        { code: 131026, status: 502, class: "ProviderError" },
        { code: 100, status: 422, class: "PayloadError" },
        { code: 190, status: 502, class: "ProviderError" }
      ]
      for (const [index, expected] of cases.entries()) {
        graph.next({ refuse: expected.code })
        const first = yield* gateway.send(`refused-${expected.code}`)
        const again = yield* gateway.send(`refused-${expected.code}`)
        for (const answer of [first, again]) {
          assert.strictEqual(answer.status, expected.status)
          assert.strictEqual(answer.at("state"), "failed")
          assert.strictEqual(answer.at("safeNewKey"), true)
          assert.strictEqual(answer.at("failure", "code"), String(expected.code))
          assert.strictEqual(answer.at("failure", "class"), expected.class)
          assert.strictEqual(answer.at("failure", "certainty"), "not_applied")
        }
        assert.deepStrictEqual([first.at("outcome"), again.at("outcome")], ["failed", "deduped"])
        assert.lengthOf(graph.requests.all, index + 1)
      }
      assert.lengthOf(graph.effects.all, 0)
    })
  )

  it.live("G19 an intent with an unlisted code fails, permits no new key, and appears in log and metrics", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      graph.next({ refuse: 999_999, status: 403 })
      const first = yield* gateway.send("unlisted")
      const again = yield* gateway.send("unlisted")
      for (const answer of [first, again]) {
        assert.strictEqual(answer.status, 502)
        assert.deepStrictEqual([answer.at("state"), answer.at("safeNewKey")], ["failed", false])
        assert.deepInclude(Object(answer.at("failure")), {
          code: "999999",
          certainty: "not_applied",
          transient: false,
          unlisted: true,
          providerStatus: 403,
          providerTraceId: "trace"
        })
      }
      const [line] = yield* gateway.log.waitFor("intent.settled", 2)
      assert.deepInclude(line?.fields, { unlisted: true, providerStatus: 403, providerTraceId: "trace" })
      const { text } = yield* gateway.get("/metrics")
      assert.include(text, 'comporta_intents_unlisted_total{connector="whatsapp"} 1')
      assert.strictEqual((yield* gateway.send("the next one")).status, 200)
      assert.lengthOf(graph.requests.all, 2)
    })
  )

  it.live("a failed intent shows the provider's explanation to its own caller alone, and the log does not", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      graph.next({ refuse: 132012, says: "header: canary, expected IMAGE" })
      const first = yield* gateway.send("explained")
      const again = yield* gateway.send("explained")
      const looked = yield* gateway.intent(first.at("intentId"))
      assert.deepStrictEqual([first.status, again.status, looked.status], [422, 422, 200])
      for (const answer of [first, again, looked]) {
        assert.strictEqual(answer.at("failure", "explanation", "details"), "header: canary, expected IMAGE")
        assert.deepStrictEqual(
          [answer.at("failure", "providerStatus"), answer.at("failure", "providerTraceId")],
          [400, "trace"]
        )
      }
      const other = yield* gateway.send("explained", { input: { body: "other content" } })
      const listed = yield* gateway.get("/v1/intents?state=failed")
      assert.strictEqual(other.at("code"), "key_reused")
      for (const answer of [other, listed]) {
        assert.notInclude(answer.text, "canary")
        assert.notInclude(answer.text, "<personal>")
      }
      assert.notInclude(JSON.stringify(gateway.log.lines), "canary")
      assert.notInclude((yield* gateway.get("/metrics")).text, "canary")
    })
  )

  it.live("an intent that the provider rejected as transient may be retried under its key", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      graph.next({ refuse: 131056 })
      const first = yield* gateway.send("throttled")
      assert.strictEqual(first.status, 502)
      assert.strictEqual(first.at("failure", "transient"), true)
      const second = yield* Effect.repeat(gateway.send("throttled"), { until: ({ status }) => status !== 429 })
      assert.strictEqual(second.status, 200)
      assert.strictEqual(second.at("outcome"), "sent")
      assert.strictEqual((yield* gateway.intent(first.at("intentId"))).at("attempt"), 2)
      assert.lengthOf(graph.effects.all, 1)
    })
  )

  it.live("an intent that never left is answered 503, and its key succeeds once the provider is reachable", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      yield* graph.leave
      const away = yield* gateway.send("early")
      assert.strictEqual(away.status, 503)
      assert.strictEqual(away.at("outcome"), "failed")
      assert.strictEqual(away.at("safeNewKey"), true)
      assert.deepInclude(Object(away.at("failure")), { class: "InfraError", certainty: "not_applied" })
      yield* graph.comeBack
      const back = yield* gateway.send("early")
      assert.strictEqual(back.status, 200)
      assert.strictEqual(back.at("outcome"), "sent")
      const view = yield* gateway.intent(away.at("intentId"))
      assert.strictEqual(view.at("attempt"), 2)
      assert.strictEqual(view.at("state"), "sent")
      assert.lengthOf(graph.requests.all, 1)
      assert.lengthOf(graph.effectsOf(away.at("intentId")), 1)
    })
  )
})

describe("intents with an unknown outcome", () => {
  const doubtful = [
    "drop",
    "fail_after_accepting",
    "html",
    { refuse: 131026, status: 500 },
    { refuse: 999_999, status: 500 },
    { refuse: 1 }
  ] as const

  it.live("an intent with an unknown outcome is answered 504, and no repeat calls the provider again", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      for (const [index, turn] of doubtful.entries()) {
        graph.next(turn)
        const first = yield* gateway.send(`doubt-${index}`)
        const again = yield* gateway.send(`doubt-${index}`)
        for (const answer of [first, again]) {
          assert.strictEqual(answer.status, 504, JSON.stringify(turn))
          assert.strictEqual(answer.at("state"), "in_doubt")
          assert.strictEqual(answer.at("safeNewKey"), false)
          assert.strictEqual(answer.at("failure", "certainty"), "unknown")
        }
        assert.deepStrictEqual([first.at("outcome"), again.at("outcome")], ["in_doubt", "deduped"])
        assert.lengthOf(graph.requests.all, index + 1)
      }
      const listed = yield* gateway.get("/v1/intents?state=in_doubt")
      assert.lengthOf(Object(listed.at("intents")), doubtful.length)
    })
  )

  it.live("an intent that the provider does not answer within 10 s is in doubt", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      graph.next("hang")
      const answer = yield* gateway.send("silence")
      assert.strictEqual(answer.status, 504)
      assert.strictEqual(answer.at("failure", "code"), "timeout")
      assert.strictEqual((yield* gateway.send("silence")).status, 504)
      assert.lengthOf(graph.requests.all, 1)
    })
  )

  it.live("G17 an intent is settled although its caller has disconnected", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      graph.next("wait")
      const caller = yield* Effect.forkScoped(gateway.send("gone"))
      yield* graph.requests.atLeast(1)
      yield* Fiber.interrupt(caller)
      const meanwhile = yield* gateway.send("gone")
      assert.strictEqual(meanwhile.status, 409)
      assert.strictEqual(meanwhile.at("code"), "in_flight")
      assert.match(String(meanwhile.headers["retry-after"]), /^[1-9]/)
      graph.letGo()
      yield* gateway.log.waitFor("intent.settled", 2)
      const again = yield* gateway.send("gone")
      assert.strictEqual(again.status, 200)
      assert.strictEqual(again.at("outcome"), "deduped")
      assert.strictEqual(again.at("receipt", "messageId"), "wamid.effect-1")
      assert.lengthOf(graph.requests.all, 1)
    })
  )
})
