import { spawn } from "node:child_process"
import * as net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { layer } from "../../../layers/provider-http/provider-http.ts"
import { NotSent } from "../../../src/connector/provider-http.ts"
import { call, post, withHttp } from "./calls.ts"
import { answer, deafPort, peer, portOf } from "./peer.ts"

const reasonOf = (error: unknown) => (error instanceof NotSent ? error.reason : error)

/** A listener whose queue of connections is full: the next handshake is never answered. */
const full = Effect.acquireRelease(
  Effect.callback<{ port: number; stop: () => void }>((resume) => {
    const program = `const s = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      require("node:fs").writeSync(1, String(s.address().port) + "\\n")
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] })
    child.stdout.once("data", (line) => {
      const port = Number(String(line))
      const sockets = Array.from({ length: 8 }, () => net.connect(port, "127.0.0.1").on("error", () => {}))
      const stop = () => {
        for (const socket of sockets) socket.destroy()
        child.kill("SIGKILL")
      }
      sockets[0]?.once("connect", () => resume(Effect.succeed({ port, stop })))
    })
  }),
  ({ stop }) => Effect.sync(stop)
)

describe("NotSent", () => {
  it.live("a closed port fails as `NotSent` with reason `refused`", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(call(post(`http://127.0.0.1:${yield* deafPort}/m`)))
      assert.strictEqual(reasonOf(error), "refused")
    }).pipe(withHttp)
  )

  it.live("an unresolvable name fails as `NotSent` with reason `dns`", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(call(post("http://comporta.invalid/m"), { deadline: 5_000 }))
      assert.strictEqual(reasonOf(error), "dns")
    }).pipe(withHttp)
  )

  it.live("a peer that answers the TLS handshake with something else fails as `NotSent` with reason `tls`", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.callback<net.Server>((resume) => {
          const listening = net.createServer((socket) => {
            socket.on("error", () => {})
            socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))
          })
          listening.listen(0, "127.0.0.1", () => resume(Effect.succeed(listening)))
        }),
        (listening) => Effect.sync(() => listening.close())
      )
      const error = yield* Effect.flip(call(post(`https://127.0.0.1:${portOf(server)}/m`)))
      assert.strictEqual(reasonOf(error), "tls")
    }).pipe(withHttp)
  )

  it.live("a TLS handshake that hangs fails as `connect_timeout`, and no plain byte is sent", () =>
    Effect.gen(function* () {
      const silent = yield* peer(() => {})
      const error = yield* Effect.flip(call(post(`https://127.0.0.1:${silent.port}/secret-path`), { deadline: 5_000 }))
      assert.strictEqual(reasonOf(error), "connect_timeout")
      assert.notInclude(silent.received(), "secret-path")
    }).pipe(withHttp)
  )

  it.live("a TCP handshake that hangs fails as `connect_timeout`", () =>
    Effect.gen(function* () {
      const { port } = yield* full
      const error = yield* Effect.flip(call(post(`http://127.0.0.1:${port}/m`), { deadline: 8_000 }))
      assert.strictEqual(reasonOf(error), "connect_timeout")
    }).pipe(withHttp)
  )

  it.live("G16 a deadline that passes before the connection exists fails as `NotSent`", () =>
    Effect.gen(function* () {
      const silent = yield* peer(() => {})
      const error = yield* Effect.flip(call(post(`https://127.0.0.1:${silent.port}/m`), { deadline: 50 }))
      assert.strictEqual(reasonOf(error), "connect_timeout")
    }).pipe(withHttp)
  )

  it.live("G16 a deadline that passes while all connections are busy fails as `NotSent`, and nothing is written", () =>
    Effect.gen(function* () {
      const { promise: release, resolve } = Promise.withResolvers<void>()
      const slow = yield* peer((socket, _, n) => {
        if (n === 1)
          release.then(
            () => socket.write(answer(200, "first")),
            () => {}
          )
        else socket.write(answer(200, "later"))
      })
      const first = yield* Effect.forkChild(call(post(`${slow.url}/first`)), { startImmediately: true })
      const error = yield* Effect.flip(call(post(`${slow.url}/waiting`), { deadline: 50 }))
      assert.strictEqual(reasonOf(error), "connect_timeout")
      resolve()
      assert.strictEqual((yield* Fiber.join(first)).body, "first")
      assert.strictEqual((yield* call(post(`${slow.url}/later`))).body, "later")
      assert.notInclude(slow.received(), "/waiting")
      assert.strictEqual(slow.connections(), 1)
    }).pipe(Effect.provide(layer({ connections: 1 })))
  )

  it.live("G16 a call that may not start writes no byte and keeps its connection for the next", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(200)))
      yield* call(post(`${server.url}/before`))
      const received = server.received()
      const error = yield* Effect.flip(call(post(`${server.url}/late`), { mayStart: () => false }))
      assert.strictEqual(reasonOf(error), "too_late")
      assert.strictEqual(server.received(), received)
      yield* call(post(`${server.url}/after`))
      assert.notInclude(server.received(), "/late")
      assert.strictEqual(server.connections(), 1)
    }).pipe(Effect.provide(layer({ connections: 1 })))
  )

  it.live("G16 a call checks whether it may start when its connection exists, not earlier", () =>
    Effect.gen(function* () {
      let connected = 0
      const server = yield* peer((socket) => socket.write(answer(200)))
      yield* call(post(`${server.url}/m`), {
        mayStart: () => {
          connected = server.connections()
          return true
        }
      })
      assert.strictEqual(connected, 1)
    }).pipe(withHttp)
  )

  it.live.each([
    ["no URL", post("http://:::")],
    ["another scheme", post("ftp://127.0.0.1/m")],
    ["a password in the URL", post("http://user:secret@127.0.0.1/m")],
    ["a header with a line break", { ...post("http://127.0.0.1/m"), headers: { "x-name": "a\r\nx-other: b" } }],
    ["a bearer with a line break", { ...post("http://127.0.0.1/m"), bearer: Redacted.make("canary\r\n") }]
  ] as const)("a request with %s fails as `invalid`, and the failure repeats nothing of it", ([, request]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(call(request))
      assert.strictEqual(reasonOf(error), "invalid")
      assert.notMatch(JSON.stringify(error), /canary|secret|x-other/)
    }).pipe(withHttp)
  )
})
