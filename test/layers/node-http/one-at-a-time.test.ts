import { createServer } from "node:http"
import * as net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { limitIdleConnections } from "../../../layers/node-http/limits.ts"
import { oneAtATime } from "../../../layers/node-http/one-at-a-time.ts"
import { layer } from "../../../layers/node-http/web-server.ts"
import { text } from "../../../src/http/server/response.ts"
import { WebServer } from "../../../src/http/server/web-server.ts"
import { journal } from "../../fakes/journal.ts"
import { recorded } from "../../support/recorded.ts"

interface Begun {
  readonly url: string
  readonly answer: () => void
}

/** A server whose calls are answered when the test says so, and connections to it. */
const harness = Effect.gen(function* () {
  const begun = journal<Begun>()
  const interrupted = recorded<string>()
  const api = Effect.flatMap(HttpServerRequest, ({ url }) =>
    Effect.callback<HttpServerResponse.HttpServerResponse>((resume) => {
      const answer = () => resume(Effect.succeed(HttpServerResponse.text(`answer to ${url}`)))
      begun.record({ url, answer })
      return Effect.sync(() => interrupted.add(url))
    })
  )
  const { port } = yield* (yield* WebServer).serve(
    {
      webhooks: { knows: () => true, handshake: () => text(200, "hello"), receive: () => undefined },
      api: Effect.interruptible(api)
    },
    { host: "127.0.0.1", port: 0, drain: Effect.succeed(100) }
  )
  const connection = Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => net.connect({ port, host: "127.0.0.1" })),
      (socket) => Effect.sync(() => socket.destroy())
    ),
    (socket) => {
      const received = recorded<string>()
      const closed = recorded<"closed">()
      socket.on("data", (chunk: Buffer) => received.add(chunk.toString()))
      socket.on("error", () => undefined)
      socket.on("close", () => closed.add("closed"))
      return { socket, received, closed }
    }
  )
  /** Returns when a request that came after everything sent so far is answered. */
  const settled = Effect.gen(function* () {
    for (let n = 0; n < 3; n++) {
      const { socket, received } = yield* connection
      socket.write("GET /webhooks/any HTTP/1.1\r\nhost: x\r\n\r\n")
      yield* received.until((all) => all.join("").endsWith("hello"))
    }
  })
  return { begun, interrupted, connection, settled }
})

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`
const urls = (all: ReadonlyArray<Begun>) => all.map(({ url }) => url)

describe("requests of one connection", () => {
  it.live("G50 requests of one connection begin one at a time and are answered in order", () =>
    Effect.gen(function* () {
      const { begun, connection, settled } = yield* harness
      const { socket, received } = yield* connection
      socket.write(get("/1") + get("/2") + get("/3"))
      for (const count of [1, 2, 3]) {
        yield* begun.reach(count)
        yield* settled
        assert.deepStrictEqual(urls(begun.all), ["/1", "/2", "/3"].slice(0, count))
        begun.all[count - 1]?.answer()
      }
      yield* received.until((all) => all.join("").endsWith("answer to /3"))
      assert.deepStrictEqual(received.all.join("").match(/answer to ../g), [
        "answer to /1",
        "answer to /2",
        "answer to /3"
      ])
      socket.write(get("/4"))
      yield* begun.reach(4)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.live("G50 a waiting connection delays no other connection", () =>
    Effect.gen(function* () {
      const { begun, connection } = yield* harness
      ;(yield* connection).socket.write(get("/1") + get("/2"))
      yield* begun.reach(1)
      ;(yield* connection).socket.write(get("/other"))
      yield* begun.reach(2)
      assert.deepStrictEqual(urls(begun.all), ["/1", "/other"])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.live("G50 the server reads no further requests of a connection while one of them waits", () =>
    Effect.gen(function* () {
      const { begun, connection, settled } = yield* harness
      const { socket, closed } = yield* connection
      const sent = 64 * 2 ** 20
      socket.write(Buffer.alloc(sent, get("/again")))
      yield* begun.reach(1)
      for (let n = 0; n < 20; n++) yield* settled
      assert.lengthOf(begun.all, 1)
      assert.lengthOf(closed.all, 0)
      assert.isAbove(socket.writableLength, 0)
      for (let count = 1; count <= 5; count++) {
        begun.all[count - 1]?.answer()
        yield* begun.reach(count + 1)
      }
      yield* settled
      assert.lengthOf(begun.all, 6)
      assert.lengthOf(closed.all, 0)
      assert.isAbove(socket.writableLength, 0)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.live("G50 requests are interrupted or never begun once the peer has disconnected", () =>
    Effect.gen(function* () {
      const { begun, interrupted, connection, settled } = yield* harness
      const { socket, closed } = yield* connection
      socket.write(get("/1"))
      yield* begun.reach(1)
      const other = yield* connection
      other.socket.write(get("/2") + get("/3") + get("/4"))
      yield* begun.reach(2)
      socket.resetAndDestroy()
      yield* closed.atLeast(1)
      yield* interrupted.atLeast(1)
      other.socket.resetAndDestroy()
      begun.all[1]?.answer()
      yield* settled
      assert.deepStrictEqual(interrupted.all.slice(0, 1), ["/1"])
      assert.isAtMost(begun.all.length, 3)
      begun.all[2]?.answer()
      yield* settled
      assert.isAtMost(begun.all.length, 3)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.live(
    "G50 waiting requests of all connections are bounded together, and the server closes the connection beyond the limit",
    () =>
      Effect.gen(function* () {
        const { connection, begun } = yield* harness
        const closed = recorded<number>()
        const some = get("/x").repeat(1_000)
        for (let n = 0; n < 6; n++) {
          const one = yield* connection
          one.socket.on("close", () => closed.add(n))
          one.socket.write(some)
        }
        yield* closed.atLeast(1)
        yield* begun.reach(1)
        assert.isAtMost(closed.all.length, 2)
      }).pipe(Effect.scoped, Effect.provide(layer))
  )
})

/** Counts the requests that a server gets in each turn of the event loop. It answers each at its turn. */
const counting = Effect.gen(function* () {
  const turns: Array<number> = []
  let inThisTurn = 0
  const server = createServer()
  const inTurn = oneAtATime(limitIdleConnections(server))
  server.on("request", (request, response) => {
    if (inThisTurn === 0) {
      setImmediate(() => {
        turns.push(inThisTurn)
        inThisTurn = 0
      })
    }
    inThisTurn += 1
    inTurn(request, response, () => void response.end("ok"))
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () => Effect.sync(() => server.close())
  )
  const address = server.address()
  return { turns, port: typeof address === "object" && address !== null ? address.port : 0 }
})

/** Connects, and returns a function that sends the text and resolves when so many answers have come. */
const connected = (port: number) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<net.Socket>((resume) => {
        const socket = net.connect({ port, host: "127.0.0.1" }, () => resume(Effect.succeed(socket)))
      }),
      (socket) => Effect.sync(() => socket.destroy())
    ),
    (socket) => {
      const received = recorded<string>()
      socket.on("data", (chunk: Buffer) => received.add(chunk.toString()))
      const answers = (all: ReadonlyArray<string>) => all.join("").match(/HTTP\/1\.1 200/g)?.length ?? 0
      return {
        send: (text: string) => void socket.write(text),
        answered: (count: number) => received.until((all) => answers(all) >= count)
      }
    }
  )

describe("requests of many connections", () => {
  it.live(
    "G50 connections with pipelined requests share one limit for a turn of the event loop, and all are answered",
    () =>
      Effect.gen(function* () {
        const { turns, port } = yield* counting
        const [connections, pipelined] = [64, 64]
        const all = yield* Effect.forEach(Array.from({ length: connections }), () => connected(port))
        for (const rounds of [1, 2]) {
          for (const { send } of all) send(get("/").repeat(pipelined))
          for (const { answered } of all) yield* answered(rounds * pipelined)
        }
        assert.strictEqual(
          turns.reduce((sum, count) => sum + count, 0),
          2 * connections * pipelined
        )
        assert.isAtMost(Math.max(...turns), 256 + pipelined)
      }).pipe(Effect.scoped)
  )
})
