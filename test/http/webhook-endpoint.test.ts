import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { InfraError } from "../../src/domain/failure.ts"
import type { PlainResponse } from "../../src/http/server/response.ts"
import { ProblemSchema } from "../../src/http/api/schemas.ts"
import { layer, WebhookEndpoint } from "../../src/http/server/webhook-endpoint.ts"
import { Receive, type Received } from "../../src/inbound/receive/receive.ts"
import { fixtureChannels } from "../fakes/channel.ts"
import * as RecordedLog from "../fakes/log.ts"
import { digest } from "../plugins/digest.ts"

const canary = "canary-15550102030"
const webhook = { headers: { "x-signature": canary }, body: new TextEncoder().encode(`[{"id":"${canary}"}]`) }

/** The gate in front of whatever a webhook comes to. */
const harness = Effect.fnUntraced(function* (comesTo: Received = Exit.succeed(undefined)) {
  let received = 0
  const layerOfReceive = Layer.succeed(Receive, {
    receive: (_channel, _webhook, done) => {
      received += 1
      done(comesTo)
    }
  })
  const built = yield* Layer.build(
    layer(digest).pipe(Layer.provide([layerOfReceive, fixtureChannels]), Layer.provideMerge(RecordedLog.layer))
  )
  const gate = Context.get(built, WebhookEndpoint)
  const receive = (id: string) =>
    Effect.callback<PlainResponse>((resume) =>
      gate.receive(id, webhook, (response) => resume(Effect.succeed(response)))
    )
  return { gate, receive, log: Context.get(built, RecordedLog.RecordedLog), received: () => received }
})

const problemIn = ({ status, headers, body }: PlainResponse) => {
  assert.strictEqual(headers["content-type"], "application/problem+json")
  const problem = Schema.decodeUnknownSync(ProblemSchema)(JSON.parse(body))
  assert.strictEqual(problem.status, status)
  return problem
}

const counts = (admitted: number, deduped: number, quarantined: number) => ({ admitted, deduped, quarantined })

describe("webhook endpoint", () => {
  it.effect("a webhook for an unknown connector is answered 404, and is not received", () =>
    Effect.gen(function* () {
      const { gate, receive, received } = yield* harness()
      for (const id of ["nobody", "", "Fixture", "fixture/", "__proto__", "constructor"]) {
        assert.isFalse(gate.knows(id), id)
        assert.strictEqual((yield* receive(id)).status, 404, id)
        assert.strictEqual(gate.handshake(id, new URLSearchParams()).status, 404, id)
      }
      assert.isTrue(gate.knows("fixture"))
      assert.strictEqual(received(), 0)
    })
  )

  it.effect("I6 an unsigned webhook is answered 401 without the reason", () =>
    Effect.gen(function* () {
      const { receive, log } = yield* harness()
      const response = yield* receive("fixture")
      assert.strictEqual(response.status, 401)
      const problem = problemIn(response)
      assert.sameMembers(Object.keys(problem), ["type", "title", "status", "code"])
      assert.notMatch(response.body, /sign|secret|key|canary/i)
      const [line] = log.lines
      assert.deepStrictEqual<unknown>(line, {
        level: "warn",
        event: "webhook.refused",
        fields: { connectorId: "fixture", httpStatus: 401 }
      })
      assert.lengthOf(log.lines, 1)
    })
  )

  for (const [code, certainty] of [
    ["store_unavailable", "unknown"],
    ["store_full", "not_applied"]
  ] as const) {
    it.effect(`I2 a webhook that the store did not take (${code}) is answered 503 with Retry-After`, () =>
      Effect.gen(function* () {
        const error = new InfraError({ code, operation: canary, certainty, transient: true, cause: new Error(canary) })
        const { receive, log } = yield* harness(Exit.fail(error))
        const response = yield* receive("fixture")
        assert.strictEqual(response.status, 503)
        assert.strictEqual(response.headers["retry-after"], "2")
        assert.notProperty(response.headers, "comporta-admitted")
        assert.strictEqual(problemIn(response).code, code)
        const [line] = log.of("webhook.failed")
        assert.deepStrictEqual<unknown>(line?.fields, {
          connectorId: "fixture",
          httpStatus: 503,
          failureClass: "InfraError",
          failureCode: code,
          certainty
        })
        assert.notInclude(response.body + JSON.stringify(log.lines), canary)
      })
    )
  }

  it.effect("I7 a webhook on which the connector throws is answered 500, and the log shows none of its content", () =>
    Effect.gen(function* () {
      const { receive, log } = yield* harness(Exit.die(new TypeError(canary)))
      const response = yield* receive("fixture")
      assert.strictEqual(response.status, 500)
      assert.strictEqual(problemIn(response).code, "internal")
      const [line] = log.of("internal")
      assert.deepStrictEqual([line?.fields.httpStatus, line?.fields.error], [500, "TypeError"])
      assert.notInclude(response.body + JSON.stringify(log.lines), canary)
    })
  )

  for (const [came, deduped] of [
    [counts(1, 0, 0), "false"],
    [counts(0, 0, 1), "false"],
    [counts(1, 3, 0), "false"],
    [counts(0, 3, 1), "false"],
    [counts(0, 3, 0), "true"],
    [counts(0, 0, 0), "false"]
  ] as const) {
    it.effect(`a webhook that came to ${JSON.stringify(came)} is answered 200, durable, deduped ${deduped}`, () =>
      Effect.gen(function* () {
        const { receive } = yield* harness(Exit.succeed(came))
        const { status, headers, body } = yield* receive("fixture")
        assert.strictEqual(status, 200)
        assert.deepStrictEqual(JSON.parse(body), came)
        assert.deepStrictEqual(headers, {
          "content-type": "application/json",
          "comporta-admitted": "durable",
          "comporta-deduped": deduped
        })
      })
    )
  }
})

describe("handshake", () => {
  it.effect("a handshake with our token is answered with the challenge alone, and any other with 403", () =>
    Effect.gen(function* () {
      const { gate, log } = yield* harness()
      const ask = (token: string) => gate.handshake("fixture", new URLSearchParams({ token, challenge: canary }))
      const right = ask("fixture/signing")
      assert.deepStrictEqual([right.status, right.body], [200, canary])
      assert.match(right.headers["content-type"] ?? "", /^text\/plain/)
      const wrong = ask("fixture/signin")
      assert.strictEqual(wrong.status, 403)
      assert.notInclude(wrong.body, canary)
      problemIn(wrong)
      assert.deepStrictEqual(
        log.of("webhook.handshake").map(({ level, fields }) => [level, fields.httpStatus]),
        [
          ["info", 200],
          ["warn", 403]
        ]
      )
    })
  )
})
