import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { intentHandler } from "../../layers/node-http/direct-handlers.ts"
import { PayloadError } from "../../src/domain/failure.ts"
import { maxBodyBytes } from "../../src/http/api/decode-body.ts"
import { SendEndpoint, maxIntentMemory, maxIntents } from "../../src/http/server/send-endpoint.ts"
import { json, type PlainResponse } from "../../src/http/server/response.ts"
import { NotAnIntent } from "../../src/outbound/submit/intents.ts"
import { NotConfigured } from "../../src/outbound/intent/resolve-target.ts"
import { journal } from "../fakes/journal.ts"
import { answerWith, ScriptedIntents } from "../fakes/intents.ts"
import { RecordedLog } from "../fakes/log.ts"
import { api, baseLayer } from "./harness.ts"
import { toNowhere } from "./to-nowhere.ts"

/** As the bare server does it. */
const bare = Effect.map(SendEndpoint, (gate) => (headers: Readonly<Record<string, string>>, body: string) => {
  const opened = gate.open(headers)
  if (Result.isFailure(opened)) return Effect.succeed(opened.failure)
  return Effect.callback<PlainResponse>((resume) =>
    gate.send(opened.success, Buffer.from(body), (answer) => resume(Effect.succeed(answer)))
  )
})

const good = { authorization: "Bearer key-all", "idempotency-key": "k1" }

describe("fast path of POST /v1/intents", () => {
  it.effect("the fast path submits the same intents as the API, and gives the same responses", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const send = yield* bare
      const { ends, submitted } = yield* ScriptedIntents
      const requests: ReadonlyArray<readonly [headers: Readonly<Record<string, string>>, body: string]> = [
        [good, "{}"],
        [{ ...good, "comporta-correlation-id": "cor_x", "idempotency-key": '"k 2"' }, '{"to":"é"}'],
        [{ ...good, prefer: "wait=1, respond-async" }, "{}"],
        [{ ...good, authorization: "bearer   key-sender" }, "{}"],
        [{ ...good, authorization: "Basic key-all" }, "{}"],
        [{ ...good, authorization: "Bearer" }, "{}"],
        [{ ...good, authorization: "Bearer key-reader" }, "{"],
        [{ "idempotency-key": "k1" }, "{}"],
        [{ authorization: "Bearer key-all" }, "{"],
        [good, "{"],
        [good, ""],
        [good, "[".repeat(5_000)]
      ]
      const ended = [
        Effect.succeed(answerWith({ receipt: { messageId: "m-1" } })),
        Effect.succeed(answerWith({ state: "claimed", conflict: "in_flight", retryAfter: 1_500 })),
        Effect.fail(new NotConfigured({ what: "account" })),
        Effect.fail(new NotAnIntent({ failure: new PayloadError({ code: "c", detail: "d", issues: [] }) })),
        Effect.die(new TypeError("canary-15550102030"))
      ]
      for (const end of ended) {
        ends(end)
        for (const [head, body] of requests) {
          const there = yield* ask("/v1/intents", { method: "POST", headers: head, body })
          const here = yield* send(head, body)
          assert.strictEqual(here.status, there.status)
          assert.strictEqual(here.body, there.text)
          const headers = { ...here.headers, "content-length": String(Buffer.byteLength(here.body)) }
          assert.deepStrictEqual(Object.entries(headers).toSorted(), [...there.headers].toSorted())
        }
      }
      const all = submitted.all
      assert.lengthOf(all, 4 * 2 * ended.length)
      for (let at = 0; at < all.length; at += 2) assert.deepStrictEqual(all[at], all[at + 1])
      assert.notMatch(JSON.stringify((yield* RecordedLog).lines), /canary/)
    }).pipe(Effect.provide(baseLayer))
  )
})

/** The handler in front of a gate that answers when the test says so. */
const harness = Effect.sync(() => {
  const waiting = journal<(answer: PlainResponse) => void>()
  const answered = journal<number>()
  const handle = intentHandler(
    {
      open: () => Result.succeed({ namespace: "n", key: "k" }),
      openFor: () => Result.succeed({ namespace: "n", key: "k" }),
      send: (_, __, answer) => waiting.record(answer)
    },
    () => {}
  )
  const post = (...chunks: ReadonlyArray<Uint8Array>) => {
    const { request, response, end } = toNowhere("/v1/intents?x")
    response.once("finish", () => answered.record(response.statusCode))
    assert.isTrue(handle(request, response))
    for (const chunk of chunks) request.push(chunk)
    return { response, end }
  }
  return { waiting, answered, post }
})

describe("concurrent intents", () => {
  it.effect("concurrent intents beyond the limit are answered 503 with Retry-After, until one ends", () =>
    Effect.gen(function* () {
      const { waiting, answered, post } = yield* harness
      for (let n = 0; n < maxIntents; n++) post(Buffer.from("{}")).end()
      yield* waiting.reach(maxIntents)
      const busy = post(Buffer.from("{}"))
      busy.end()
      yield* answered.reach(1)
      assert.strictEqual(busy.response.statusCode, 503)
      assert.lengthOf(waiting.all, maxIntents)
      for (const answer of waiting.all) answer(json(200, {}))
      yield* answered.reach(1 + maxIntents)
      post(Buffer.from("{}")).end()
      yield* waiting.reach(maxIntents + 1)
    })
  )

  it.effect("concurrent intents are bounded in the bytes of their bodies", () =>
    Effect.gen(function* () {
      const { waiting, answered, post } = yield* harness
      const fullBody = Buffer.alloc(maxBodyBytes, " ")
      const needed = maxIntentMemory / maxBodyBytes + 1
      for (let n = 0; n < needed; n++) post(fullBody).end()
      yield* waiting.reach(needed)
      const busy = post(Buffer.from("{}"))
      busy.end()
      yield* answered.reach(1)
      assert.strictEqual(busy.response.statusCode, 503)
    })
  )

  it("the fast path leaves every other request alone", () => {
    const handle = intentHandler(
      {
        open: () => assert.fail("asked"),
        openFor: () => assert.fail("asked"),
        send: () => assert.fail("asked")
      },
      () => {}
    )
    for (const url of ["/v1/intentsx", "/v1/intents/int_1", "/v1", "/", "/v1/resolutions"]) {
      const { request, response } = toNowhere(url)
      assert.isFalse(handle(request, response), url)
    }
    const { request, response } = toNowhere("/v1/intents")
    request.method = "GET"
    assert.isFalse(handle(request, response))
  })
})
