import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { longestRetryAfter, parseRetryAfter } from "../../../layers/runtime-push/runtime-answer.ts"
import { Runtime, type RuntimeAnswer } from "../../../src/inbound/runtime/runtime.ts"
import { deafPort } from "../provider-http/peer.ts"
import { anEvent } from "./an-event.ts"
import { pushing, receiver, type Reply, secretOf } from "./receiver.ts"

const deliverTo = (url: string, timeout = 2_000) =>
  Runtime.use((runtime) => runtime.deliver(anEvent())).pipe(
    Effect.provide(pushing({ url, timeout }, () => [secretOf(1)]))
  )

const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(code, headers).end()

const acknowledged: RuntimeAnswer = { _tag: "Acknowledged" }
type Held = Extract<RuntimeAnswer, { readonly _tag: "Held" }>
const held = (reason: string, sign: Held["sign"], wait?: number): RuntimeAnswer => ({
  _tag: "Held",
  reason,
  sign,
  ...(wait === undefined ? {} : { retryAfter: wait })
})
const wait = { "retry-after": "7" }

const cases: ReadonlyArray<readonly [string, Reply, RuntimeAnswer]> = [
  ["200", status(200), acknowledged],
  ["202 with a body", (response) => response.writeHead(202).end("anything"), acknowledged],
  ["204", status(204), acknowledged],
  ...[400, 402, 409, 410, 413, 418, 422, 451].map(
    (code) => [`${code}`, status(code, wait), { _tag: "Refused", status: code }] as const
  ),
  ...[300, 301, 302, 307, 308, 401, 403, 404, 405, 407, 421, 502, 504, 521].map(
    (code) => [`${code}`, status(code, { ...wait, location: "/events" }), held(`http_${code}`, "away")] as const
  ),
  ...[408, 425, 500, 501].map((code) => [`${code}`, status(code, wait), held(`http_${code}`, "unclear")] as const),
  ["429", status(429), held("http_429", "busy")],
  ["503", status(503), held("http_503", "unclear")],
  ["429 that says when", status(429, wait), held("http_429", "busy", 7_000)],
  ["503 that says when", status(503, wait), held("http_503", "busy", 7_000)],
  ["503 that says never", status(503, { "retry-after": "99999999" }), held("http_503", "busy", longestRetryAfter)],
  ["503 that says nonsense", status(503, { "retry-after": "-5" }), held("http_503", "unclear")],
  ["a connection closed without an answer", (response) => response.destroy(), held("connection_lost", "unclear")],
  [
    "a 200 cut off",
    (response) => {
      response.writeHead(200, { "content-length": "10" })
      response.write("half", () => response.destroy())
    },
    held("truncated", "unclear")
  ],
  [
    "a 200 of more than 1 MiB",
    (response) => response.end("x".repeat(1_100_000)),
    { _tag: "Refused", status: 200, problem: "answer_too_large" }
  ],
  [
    "a 500 of more than 1 MiB",
    (response) => response.writeHead(500).end("x".repeat(1_100_000)),
    held("truncated", "unclear")
  ]
]

describe("G33 classification of runtime responses", () => {
  it.live.each(cases)("the gateway classifies %s", ([, reply, expected]) =>
    Effect.gen(function* () {
      const server = yield* receiver(reply)
      assert.deepStrictEqual(yield* deliverTo(server.url), expected)
      assert.lengthOf(server.deliveries, 1)
    })
  )

  it.live("a delivery without a response in time is held", () =>
    Effect.gen(function* () {
      const server = yield* receiver(() => {})
      assert.deepStrictEqual(yield* deliverTo(server.url, 100), held("timeout", "unclear"))
    })
  )

  it.live("a delivery to an unreachable runtime is held", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* deliverTo(`http://127.0.0.1:${yield* deafPort}/events`),
        held("refused", "unreached")
      )
      assert.deepStrictEqual(yield* deliverTo("http://comporta.invalid/events"), held("dns", "unreached"))
    })
  )

  it.live("a delivery whose connection breaks is held, and the next one reconnects", () =>
    Effect.gen(function* () {
      const server = yield* receiver((response, n) => (n === 2 ? response.destroy() : response.end()))
      const answers = yield* Runtime.use((runtime) => Effect.replicateEffect(runtime.deliver(anEvent()), 3)).pipe(
        Effect.provide(pushing({ url: server.url }, () => [secretOf(1)]))
      )
      assert.deepStrictEqual(answers, [acknowledged, held("connection_lost", "unclear"), acknowledged])
      assert.lengthOf(server.deliveries, 3)
    })
  )
})

describe("Retry-After", () => {
  const now = 784_111_777_000

  it.each([
    ["0", 0],
    ["120", 120_000],
    ["3601", longestRetryAfter],
    ["Sun, 06 Nov 1994 08:49:47 GMT", 10_000],
    ["Sunday, 06-Nov-94 08:49:47 GMT", 10_000],
    ["Sun, 06 Nov 1994 08:49:27 GMT", 0],
    ["Sun, 06 Nov 2094 08:49:27 GMT", longestRetryAfter],
    ["1.5", undefined],
    ["-1", undefined],
    ["soon", undefined],
    ["Sun, 99 Nov 1994 08:49:47 GMT", undefined],
    ["", undefined],
    [undefined, undefined]
  ])("a Retry-After of %s is %s ms", (value, expected) => {
    assert.strictEqual(parseRetryAfter(value, now), expected)
  })
})
