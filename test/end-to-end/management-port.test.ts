import * as net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { bearer, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask, deafPort, listening, spoken } from "../support/http.ts"
import { comporta, installation } from "../support/program.ts"
import { provider } from "../support/provider.ts"
import { recorded } from "../support/recorded.ts"
import { checksOf, failedIn } from "../support/staging.ts"
import { bytesOf, messages, signature, text } from "../support/webhook.ts"

const apart = { store: "memory", management: true } as const

const management = ["/v1/accounts", "/v1/events", "/v1/connectors", "/v1/audit", "/metrics", "/docs", "/openapi.json"]
const health = ["/livez", "/readyz"]
const handshake = `/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${secrets["meta/verify-token"]}&hub.challenge=7`

/** A webhook of which all but the last byte has been sent. `finish` sends that byte and returns the answer. */
const unfinished = (url: string) =>
  Effect.gen(function* () {
    const body = Buffer.from(bytesOf(messages(text("wamid.late"))))
    const received = recorded<string>()
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => net.connect(Number(new URL(url).port), "127.0.0.1")),
      (one) => Effect.sync(() => one.destroy())
    )
    socket.on("data", (chunk: Buffer) => received.add(chunk.toString("latin1")))
    socket.on("error", () => undefined)
    const head = [
      "POST /webhooks/whatsapp HTTP/1.1",
      "host: gateway",
      "expect: 100-continue",
      `x-hub-signature-256: ${signature(secrets["meta/app-secret"], body)}`,
      `content-length: ${body.length}`
    ]
    socket.write(`${head.join("\r\n")}\r\n\r\n`)
    yield* received.atLeast(1)
    socket.write(body.subarray(0, -1))
    return {
      finish: Effect.andThen(
        Effect.sync(() => socket.write(body.subarray(-1))),
        Effect.map(received.atLeast(2), (all) => all.at(-1) ?? "")
      )
    }
  })

describe("management port", () => {
  it.live("the API, metrics and documentation are on the management port alone, and health is on both", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway(apart)
      for (const path of management) {
        assert.strictEqual((yield* gateway.managed.get(path)).status, 200, path)
        const elsewhere = yield* gateway.get(path)
        assert.strictEqual(elsewhere.status, 404, path)
        assert.strictEqual(elsewhere.headers["content-type"], "application/problem+json", path)
        assert.strictEqual(elsewhere.at("code"), "not_found", path)
      }
      for (const path of health) {
        for (const port of [gateway, gateway.managed]) {
          const answer = yield* port.get(path)
          assert.deepStrictEqual([answer.status, answer.at("ready")], [200, true], path)
        }
      }
    })
  )

  it.live("webhooks are on the public port alone, and the management port stores none of them", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway(apart)
      assert.strictEqual((yield* gateway.get(handshake)).text, "7")
      assert.strictEqual((yield* gateway.managed.get(handshake)).status, 404)
      assert.strictEqual((yield* gateway.managed.deliver(messages(text("wamid.1")))).status, 404)
      assert.deepInclude(yield* gateway.managed.counts, { received: 0 })
      assert.strictEqual((yield* gateway.deliver(messages(text("wamid.1")))).status, 200)
      assert.deepInclude(yield* gateway.managed.counts, { received: 1, admitted: 1 })
    })
  )

  it.live("the public port performs no intent and answers no other method or spelling, with a key and without", () =>
    Effect.gen(function* () {
      const graph = yield* provider()
      const gateway = yield* startGateway({ ...apart, provider: graph.url })
      assert.strictEqual((yield* gateway.send("k1")).status, 404)
      assert.strictEqual((yield* ask(`${gateway.url}/v1/intents`, { method: "POST", body: "{}" })).status, 404)
      assert.lengthOf(graph.requests.all, 0)
      for (const path of ["/v1//intents", "//v1/intents", "/v1/intents?x=1", "/livez/../v1/intents", "/livez/", "/"]) {
        assert.strictEqual((yield* gateway.get(path)).status, 404, path)
      }
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
        assert.strictEqual(
          (yield* ask(`${gateway.url}/readyz`, { method, headers: bearer("crm") })).status,
          404,
          method
        )
      }
      const whole = yield* spoken(
        gateway.url,
        [`GET http://gateway/v1/accounts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${secrets["api/crm"]}\r\n\r\n`],
        "finish"
      )
      assert.match(whole, /^HTTP\/1\.1 404 /)
      assert.strictEqual((yield* gateway.managed.send("k1")).at("outcome"), "sent")
    })
  )

  it.live("both ports refuse headers that are too large and bytes that are not HTTP", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway(apart)
      for (const { url } of [gateway, gateway.managed]) {
        const large = yield* ask(`${url}/livez`, { headers: { x: "y".repeat(40_000) } })
        assert.strictEqual(large.status, 431)
        assert.match(yield* spoken(url, ["hello\r\n\r\n"], "stay"), /^HTTP\/1\.1 400 /)
      }
    })
  )

  it.live("a gateway that stops finishes webhooks first, and reports on the management port that it is draining", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const gateway = yield* Scope.provide(startGateway(apart), scope)
      const late = yield* unfinished(gateway.url)
      const stopping = yield* Effect.forkScoped(Scope.close(scope, Exit.void))
      yield* gateway.log.waitFor("server.draining")
      assert.strictEqual((yield* Effect.flip(gateway.get("/livez"))).code, "ECONNREFUSED")
      const draining = yield* gateway.managed.get("/readyz")
      assert.deepStrictEqual([draining.status, draining.at("checks", 0, "name")], [503, "serving"])
      assert.match(yield* late.finish, /^HTTP\/1\.1 200 /)
      yield* Fiber.join(stopping)
      assert.strictEqual((yield* Effect.flip(gateway.managed.get("/livez"))).code, "ECONNREFUSED")
    })
  )

  const local = (port: number, address: string) =>
    `environment: local\nserver: { port: ${port}, management: ${address} }\n`

  it.live("a management address that cannot be used stops the start, and is named", () =>
    Effect.gen(function* () {
      const taken = yield* listening((_, __, response) => response.end())
      const { run } = yield* installation({ file: (_, port) => local(port, `{ port: ${taken.port} }`) })
      const { code, lines } = yield* run()
      const checks = checksOf(lines.at(-1))
      assert.deepStrictEqual([code, failedIn(checks)], [78, ["server.management.port"]])
      assert.deepInclude(checks.get("server.management.port"), {
        problem: `port ${taken.port} on 127.0.0.1 is taken`,
        remedy: "stop what listens there, or set another server.management.port or host"
      })
      assert.notInclude(lines.map(({ event }) => event).join(), "listening")
    })
  )

  it.live("a command calls the gateway at the management address, and is answered 404 at the public one", () =>
    Effect.gen(function* () {
      const other = yield* deafPort
      const { start, directory } = yield* installation({
        file: (folder, port) => `${local(port, `{ port: ${other} }`)}
secrets: { from: files, directory: "${folder}/secrets" }
api: { keys: [{ id: crm, secret: api/crm, scopes: [operate] }] }
`
      })
      const program = yield* start
      assert.deepStrictEqual(
        (yield* program.line("management.listening")).map(({ port }) => port),
        [other]
      )
      const redrive = (url: string) =>
        comporta(["redrive", "--all", "--url", url, "--key-file", `${directory}/secrets/api/crm`])
      const there = yield* redrive(`http://127.0.0.1:${other}`)
      assert.strictEqual(there.code, 0, there.stderr)
      const elsewhere = yield* redrive(program.url)
      assert.strictEqual(elsewhere.code, 1)
      assert.include(elsewhere.stderr, "404 not_found")
      program.signal("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 0)
    })
  )
})
