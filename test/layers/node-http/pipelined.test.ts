import * as net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { layer } from "../../../layers/node-http/web-server.ts"
import { json, type PlainResponse, text } from "../../../src/http/server/response.ts"
import { WebServer } from "../../../src/http/server/web-server.ts"
import { journal } from "../../fakes/journal.ts"
import { recorded } from "../../support/recorded.ts"

/** A server whose intents are answered when the test says so, and a connection to it. */
const harness = Effect.gen(function* () {
  const under = journal<(answer: PlainResponse) => void>()
  const { port } = yield* (yield* WebServer).serve(
    {
      webhooks: { knows: () => true, handshake: () => text(200, ""), receive: (_, __, answer) => under.record(answer) },
      intents: {
        open: ({ authorization }) =>
          authorization === undefined ? Result.succeed({ namespace: "n", key: "k" }) : Result.fail(json(401, {})),
        openFor: () => Result.succeed({ namespace: "n", key: "k" }),
        send: (_, __, answer) => under.record(answer)
      },
      api: Effect.never
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
  return { under, connection }
})

const fullRequest = "POST /v1/intents HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"
const partialRequest = "POST /v1/intents HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{"

describe("errors on a shared connection", () => {
  it.live("an error of a request is not written where the response to another request is due", () =>
    Effect.gen(function* () {
      const { under, connection } = yield* harness
      const { socket, received, closed } = yield* connection
      socket.write(fullRequest)
      yield* under.reach(1)
      socket.write("no HTTP at all\r\n\r\n")
      yield* closed.atLeast(1)
      assert.deepStrictEqual(received.all, [])
      under.all[0]?.(json(200, {}))
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.live("an overload of bodies closes a connection without a response while another response is due", () =>
    Effect.gen(function* () {
      const { under, connection } = yield* harness
      const { socket, received, closed } = yield* connection
      socket.write(fullRequest)
      yield* under.reach(1)
      socket.write(partialRequest)
      for (let n = 0; n < 1_024; n++) (yield* connection).socket.write(partialRequest)
      yield* closed.atLeast(1)
      assert.deepStrictEqual(received.all, [])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.live("a connection answered before its body arrived gets no second response when it is closed for overload", () =>
    Effect.gen(function* () {
      const { connection } = yield* harness
      const { socket, received, closed } = yield* connection
      socket.write(partialRequest.replace("host: x", "host: x\r\nauthorization: x"))
      yield* received.until((all) => all.join("").startsWith("HTTP/1.1 401"))
      for (let n = 0; n < 1_024; n++) (yield* connection).socket.write(partialRequest)
      yield* closed.atLeast(1)
      assert.lengthOf(received.all.join("").match(/HTTP\/1\.1 /g) ?? [], 1)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.live("an error is written to the connection when no other response is due", () =>
    Effect.gen(function* () {
      const { under, connection } = yield* harness
      const { socket, received, closed } = yield* connection
      socket.write(fullRequest)
      yield* under.reach(1)
      under.all[0]?.(json(200, {}))
      yield* received.until((all) => all.join("").startsWith("HTTP/1.1 200"))
      socket.write("no HTTP at all\r\n\r\n")
      yield* closed.atLeast(1)
      assert.match(received.all.join(""), /\}HTTP\/1\.1 400 /)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})

describe("request after its timeout", () => {
  it.live(
    "a request that was answered 408 is not processed when the rest of it arrives",
    () =>
      Effect.gen(function* () {
        const { under, connection } = yield* harness
        const { socket, received, closed } = yield* connection
        socket.once("data", () => socket.write("1234567}"))
        socket.write(partialRequest)
        yield* closed.atLeast(1)
        assert.match(received.all.join(""), /^HTTP\/1\.1 408/)
        assert.lengthOf(under.all, 0)
      }).pipe(Effect.scoped, Effect.provide(layer)),
    60_000
  )
})
