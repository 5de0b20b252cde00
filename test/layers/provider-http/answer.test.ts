import type { Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { layer } from "../../../layers/provider-http/provider-http.ts"
import { maxBody } from "../../../layers/undici/wire.ts"
import { ProviderHttp } from "../../../src/connector/provider-http.ts"
import { call, get, post, withHttp } from "./calls.ts"
import { answer, peer } from "./peer.ts"

describe("ProviderAnswer", () => {
  it.live("a request reaches the provider as it was given", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(200, "{}")))
      yield* call({
        ...post(`${server.url}/v25.0/1/messages?a=b%20c#d`, '{"text":"olá €"}'),
        bearer: Redacted.make("token")
      })
      const received = Buffer.from(server.received(), "latin1").toString()
      assert.match(received, /^POST \/v25\.0\/1\/messages\?a=b%20c HTTP\/1\.1\r\n/)
      assert.include(received, "\r\ncontent-type: application/json\r\n")
      assert.include(received, "\r\nauthorization: Bearer token\r\n")
      assert.include(received, "\r\ncontent-length: 19\r\n")
      assert.isTrue(received.endsWith('\r\n\r\n{"text":"olá €"}'))
    }).pipe(withHttp)
  )

  it.live("a GET or DELETE request has no body, and a call without an attempt succeeds", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(200, "{}")))
      yield* ProviderHttp.use((http) => http.call(get(`${server.url}/g`)))
      yield* ProviderHttp.use((http) => http.call({ ...get(`${server.url}/d`), method: "DELETE" }))
      assert.match(server.received(), /^GET \/g HTTP/m)
      assert.match(server.received(), /^DELETE \/d HTTP/m)
      assert.notInclude(server.received(), "content-length")
      assert.lengthOf(server.received().match(/\r\nuser-agent: comporta\/\d+\.\d+\.\d+\r\n/g) ?? [], 2)
    }).pipe(withHttp)
  )

  it.live.each([200, 204, 400, 401, 404, 429, 500, 503])("a response with status %s is a ProviderAnswer", (status) =>
    Effect.gen(function* () {
      const body = status === 204 ? "" : `{"n":${status}}`
      const server = yield* peer((socket) => socket.write(answer(status, body, ["X-Name: a", "x-name: b"])))
      const spoken = yield* call(post(`${server.url}/m`))
      assert.strictEqual(spoken.status, status)
      assert.strictEqual(spoken.body, body)
      assert.strictEqual(spoken.headers["x-name"], "a, b")
    }).pipe(withHttp)
  )

  it.live.each([301, 302, 303, 307, 308])("G19 a redirect %s is a ProviderAnswer and is not followed", (status) =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(status, "", ["location: /elsewhere"])))
      const spoken = yield* call(post(`${server.url}/m`))
      assert.strictEqual(spoken.status, status)
      assert.strictEqual(spoken.headers["location"], "/elsewhere")
      assert.strictEqual(server.requests(), 1)
    }).pipe(withHttp)
  )

  it.live("G19 an HTML page is a ProviderAnswer", () =>
    Effect.gen(function* () {
      const page = "<html>Bad Gateway</html>"
      const server = yield* peer((socket) => socket.write(answer(502, page, ["content-type: text/html"])))
      assert.deepInclude(yield* call(post(`${server.url}/m`)), { status: 502, body: page })
    }).pipe(withHttp)
  )

  it.live("a body that ends with the connection is complete", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n{"a":1}'))
      assert.deepInclude(yield* call(post(`${server.url}/m`)), { status: 200, body: '{"a":1}' })
    }).pipe(withHttp)
  )

  it.live("a body of exactly 1 MiB in many pieces is complete", () =>
    Effect.gen(function* () {
      const body = "é".repeat(maxBody / 2)
      const server = yield* peer((socket) => socket.write(answer(200, body)))
      assert.strictEqual((yield* call(post(`${server.url}/m`))).body, body)
    }).pipe(withHttp)
  )

  it.live("an early hint is not taken as the response", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\n\r\n${answer(200, "{}")}`))
      assert.deepInclude(yield* call(post(`${server.url}/m`)), { status: 200, body: "{}" })
    }).pipe(withHttp)
  )

  it.live("a response that arrives before the body was read is a ProviderAnswer", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.end(answer(413, "", ["connection: close"])))
      assert.strictEqual((yield* call(post(`${server.url}/m`))).status, 413)
    }).pipe(withHttp)
  )

  it.live("a connection is kept and used again", () =>
    Effect.gen(function* () {
      const server = yield* peer((socket) => socket.write(answer(200, "{}")))
      yield* Effect.forEach(Array.from({ length: 50 }), () => call(post(`${server.url}/m`)), { discard: true })
      assert.strictEqual(server.requests(), 50)
      assert.isAtMost(server.connections(), 2)
    }).pipe(withHttp)
  )

  it.live("the client opens no more connections than allowed, and does not pipeline on them", () =>
    Effect.gen(function* () {
      const waiting: Array<Socket> = []
      let together = 0
      const server = yield* peer((socket, _, n) => {
        assert.notInclude(waiting, socket)
        waiting.push(socket)
        socket.write(answer(200, "{}").slice(0, -2))
        together = Math.max(together, waiting.length)
        if (waiting.length === 3 || n === 40) for (const one of waiting.splice(0)) one.write("{}")
      })
      const calls = Array.from({ length: 40 }, (_, n) => call(n % 2 === 0 ? post(`${server.url}/m`) : get(server.url)))
      yield* Effect.all(calls, { concurrency: "unbounded", discard: true })
      assert.strictEqual(server.requests(), 40)
      assert.strictEqual(server.connections(), 3)
      assert.strictEqual(together, 3)
    }).pipe(Effect.provide(layer({ connections: 3 })))
  )
})
