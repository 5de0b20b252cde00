import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { maxBody } from "../../../layers/undici/wire.ts"
import { NotSent, OutcomeUnknown, ProviderHttp, type ProviderRequest } from "../../../src/connector/provider-http.ts"
import { get, post, withHttp } from "./calls.ts"
import { answer, deafPort, peer } from "./peer.ts"

const open = (request: ProviderRequest, deadline = 2_000, mayStart = () => true) =>
  ProviderHttp.use((http) => http.within({ mayStart, deadline }).open(request))

const readWhole = (request: ProviderRequest, deadline?: number) =>
  Effect.scoped(
    Effect.flatMap(open(request, deadline), ({ body }) =>
      Stream.runFold(
        body,
        () => 0,
        (sum, bytes) => sum + bytes.length
      )
    )
  )

const failureOf = (error: unknown) =>
  error instanceof OutcomeUnknown || error instanceof NotSent ? [error._tag, error.reason] : [String(error)]

describe("streamed responses", () => {
  it.live("a streamed response returns its head before its body, and a body of any length", () =>
    Effect.gen(function* () {
      const length = 8 * maxBody
      const server = yield* peer((socket) => socket.write(answer(206, "x".repeat(length), ["content-type: image/png"])))
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { status, headers, body } = yield* open(get(`${server.url}/m`))
          assert.strictEqual(status, 206)
          assert.deepInclude(headers, { "content-type": "image/png", "content-length": String(length) })
          const read = yield* Stream.runFold(
            body,
            () => 0,
            (sum, bytes) => sum + bytes.length
          )
          assert.strictEqual(read, length)
        })
      )
    }).pipe(withHttp)
  )

  it.live("a streamed response applies backpressure to the peer, and arrives complete", () =>
    Effect.gen(function* () {
      const pieces = 1_024
      let written = 0
      const server = yield* peer((socket, request) => {
        if (request.startsWith("GET /other")) {
          socket.write(answer(200))
          return
        }
        const piece = "x".repeat(65_536)
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${pieces * piece.length}\r\n\r\n`)
        const more = () => {
          while (written < pieces) {
            written += 1
            if (!socket.write(piece)) return
          }
        }
        socket.on("drain", more)
        more()
      })
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { body } = yield* open(get(`${server.url}/large`), 60_000)
          const other = Effect.scoped(open(get(`${server.url}/other`)))
          yield* Effect.repeat(other, { times: 200 })
          assert.isBelow(written, pieces)
          const read = yield* Stream.runFold(
            body,
            () => 0,
            (sum, bytes) => sum + bytes.length
          )
          assert.strictEqual(read, pieces * 65_536)
        })
      )
    }).pipe(withHttp)
  )

  it.live("a streamed response is closed when its reader stops, and at the end of its scope", () =>
    Effect.gen(function* () {
      const half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc"
      const left = yield* peer((socket) => socket.write(half))
      yield* Effect.scoped(open(get(`${left.url}/m`)))
      yield* Effect.promise(() => left.closed)
      const stopped = yield* peer((socket) => socket.write(half))
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { body } = yield* open(get(`${stopped.url}/m`))
          yield* Stream.runDrain(Stream.take(body, 1))
          yield* Effect.promise(() => stopped.closed)
        })
      )
    }).pipe(withHttp)
  )

  it.live.each([
    ["breaks off", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc", "truncated"],
    ["ends without its last chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", "truncated"],
    ["never begins", "", "connection_lost"]
  ] as const)("a response that %s fails with its reason", ([, said, reason]) =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.end(said))
      assert.deepStrictEqual(failureOf(yield* Effect.flip(readWhole(get(`${server.url}/m`)))), [
        "OutcomeUnknown",
        reason
      ])
    }).pipe(withHttp)
  )

  it.live.each(["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc"])(
    "a response is cut by its deadline after %j, head and body together",
    (said) =>
      Effect.gen(function* () {
        const server = yield* peer((socket) => socket.write(said))
        const error = yield* Effect.flip(readWhole(get(`${server.url}/m`), 200))
        assert.deepStrictEqual(failureOf(error), ["OutcomeUnknown", "timeout"])
        yield* Effect.promise(() => server.closed)
      }).pipe(withHttp)
  )

  it.live("a streamed request that never left fails as `NotSent`", () =>
    Effect.gen(function* () {
      const port = yield* deafPort
      const deaf = get(`http://127.0.0.1:${port}/m`)
      assert.deepStrictEqual(failureOf(yield* Effect.flip(readWhole(deaf))), ["NotSent", "refused"])
      assert.deepStrictEqual(failureOf(yield* Effect.flip(readWhole(get("file:///etc/passwd")))), [
        "NotSent",
        "invalid"
      ])
      const server = yield* peer((socket) => socket.write(answer(200)))
      const late = Effect.scoped(open(get(`${server.url}/m`), 2_000, () => false))
      assert.deepStrictEqual(failureOf(yield* Effect.flip(late)), ["NotSent", "too_late"])
      assert.strictEqual(server.requests(), 0)
    }).pipe(withHttp)
  )

  it.live("a streamed response that redirects is not followed", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(302, "", ["location: /elsewhere"])))
      const { status } = yield* Effect.scoped(open(get(`${server.url}/m`)))
      assert.strictEqual(status, 302)
      assert.strictEqual(server.requests(), 1)
    }).pipe(withHttp)
  )
})

describe("streamed requests", () => {
  const sending = (url: string, length: number, bytes: Stream.Stream<Uint8Array, unknown>) =>
    ProviderHttp.use((http) =>
      http.within({ mayStart: () => true, deadline: 2_000 }).call({
        method: "POST",
        url,
        headers: { "content-type": "image/png" },
        content: { length, bytes }
      })
    )
  const text = (of: string) => new TextEncoder().encode(of)

  it.live("a streamed request declares its length, and sends exactly that many bytes", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(200, '{"id":"1"}')))
      const piece = new Uint8Array(65_536).fill(97)
      const { body } = yield* sending(
        `${server.url}/m`,
        32 * 65_536,
        Stream.take(Stream.forever(Stream.make(piece)), 32)
      )
      assert.strictEqual(body, '{"id":"1"}')
      const received = server.received()
      assert.include(received, `\r\ncontent-length: ${32 * 65_536}\r\n`)
      assert.notInclude(received, "transfer-encoding")
      assert.strictEqual(received.length - received.indexOf("\r\n\r\n") - 4, 32 * 65_536)
    }).pipe(withHttp)
  )

  it.live.each([
    ["fails", Stream.concat(Stream.make(text("ab")), Stream.fail("a canary"))],
    ["is too short", Stream.make(text("ab"))],
    ["is too long", Stream.make(text("abcdef"))]
  ] as const)("a streamed body that %s leaves no request that the peer could take as complete", ([, bytes]) =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(200)))
      const error = yield* Effect.flip(sending(`${server.url}/m`, 4, bytes))
      assert.strictEqual(error._tag, "OutcomeUnknown")
      assert.notInclude(JSON.stringify(error), "canary")
      assert.strictEqual(server.requests(), 0)
    }).pipe(withHttp)
  )

  it.live("a small request is sent with its length", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(200)))
      yield* ProviderHttp.use((http) => http.call(post(`${server.url}/m`)))
      assert.include(server.received(), "content-length: 2\r\n")
    }).pipe(withHttp)
  )
})
