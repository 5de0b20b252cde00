import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { maxBody } from "../../../layers/undici/wire.ts"
import { OutcomeUnknown } from "../../../src/connector/provider-http.ts"
import { call, post, withHttp } from "./calls.ts"
import { type Act, answer, peer } from "./peer.ts"

const failureOf = (error: unknown) =>
  error instanceof OutcomeUnknown
    ? [error.reason, ...(error.status === undefined ? [] : [error.status])]
    : [String(error)]

const half = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"mess'

const cases: ReadonlyArray<readonly [name: string, act: Act, expected: ReadonlyArray<string | number>]> = [
  ["a connection closed after the request", (socket) => socket.end(), ["connection_lost"]],
  ["a connection reset after the request", (socket) => socket.resetAndDestroy(), ["connection_lost"]],
  ["a connection closed within the head", (socket) => socket.end("HTTP/1.1 200 OK\r\ncont"), ["connection_lost"]],
  ["a response that is not HTTP", (socket) => socket.end("SMTP ready\r\n\r\n"), ["connection_lost"]],
  ["a 100 without a request for it", (socket) => socket.write("HTTP/1.1 100 Continue\r\n\r\n"), ["connection_lost"]],
  ["a body shorter than declared", (socket) => socket.end(half), ["truncated", 200]],
  ["a reset within the body", (socket) => socket.write(half, () => socket.resetAndDestroy()), ["truncated", 200]],
  [
    "chunks without the last",
    (socket) => socket.end("HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    ["truncated", 500]
  ],
  [
    "a reset within a body without declared length",
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"a":1')
      setImmediate(() => setImmediate(() => socket.resetAndDestroy()))
    },
    ["truncated", 200]
  ],
  ["a body above 1 MiB", (socket) => socket.write(answer(200, "x".repeat(maxBody + 1))), ["truncated", 200]],
  [
    "an endless body",
    (socket) => {
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
      const more = () => socket.writable && socket.write(`10000\r\n${"x".repeat(65_536)}\r\n`, more)
      more()
    },
    ["truncated", 200]
  ],
  ["no response within the deadline", () => {}, ["timeout"]],
  ["a body that does not end within the deadline", (socket) => socket.write(half), ["timeout", 200]],
  ["an early hint and then nothing", (socket) => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"), ["timeout"]]
]

describe("OutcomeUnknown", () => {
  it.live.each(cases)("a call fails as `OutcomeUnknown` after %s", ([, act, expected]) =>
    Effect.gen(function* () {
      const server = yield* peer(act)
      const error = yield* Effect.flip(call(post(`${server.url}/m`), { deadline: 300 }))
      assert.deepStrictEqual(failureOf(error), expected)
      assert.strictEqual(server.requests(), 1)
      yield* Effect.promise(() => server.closed)
    }).pipe(withHttp)
  )

  it.live("an `OutcomeUnknown` failure repeats nothing that the peer sent", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.end("canary-of-the-peer\r\n\r\n"))
      const error = yield* Effect.flip(call(post(`${server.url}/m`, "canary-of-ours")))
      assert.notInclude(JSON.stringify(error), "canary")
    }).pipe(withHttp)
  )

  it.live("an interrupted call closes its connection", () =>
    Effect.gen(function* () {
      const { promise: came, resolve } = Promise.withResolvers<void>()
      const server = yield* peer(() => resolve())
      const fiber = yield* Effect.forkChild(call(post(`${server.url}/m`)), { startImmediately: true })
      yield* Effect.promise(() => came)
      yield* Fiber.interrupt(fiber)
      yield* Effect.promise(() => server.closed)
      assert.strictEqual(server.requests(), 1)
    }).pipe(withHttp)
  )

  it.live("a call interrupted before its connection exists is never written", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(200)))
      const fiber = yield* Effect.forkChild(call(post(`${server.url}/interrupted`)), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      yield* call(post(`${server.url}/m`))
      yield* call(post(`${server.url}/m`))
      assert.notInclude(server.received(), "/interrupted")
    }).pipe(withHttp)
  )
})
