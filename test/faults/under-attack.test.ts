import * as http from "node:http"
import * as net from "node:net"
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Json } from "../../src/domain/json.ts"
import { conserves, secrets } from "../support/client.ts"
import { ask, spoken } from "../support/http.ts"
import { installation, type Program } from "../support/program.ts"
import { bytesOf, messages, signature, text } from "../support/webhook.ts"

const many = (count: number) => Array.from({ length: count }, (_, n) => n)
const portOf = ({ url }: Program) => Number(new URL(url).port)

/** Valid webhooks, one after the other, each new; all must be answered 200. */
const valid = (program: Program, name: string, count: number) =>
  Effect.forEach(many(count), (n) => program.deliver(messages(text(`wamid.${name}-${n}`))), { concurrency: 4 }).pipe(
    Effect.map((answers) => answers.filter(({ status }) => status === 200).length)
  )

/** Bytes that the process holds now, as the kernel counts them. */
const resident = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1_024

/** A program, and a look at whether an attack has made it hold more than a bounded amount. */
const started = Effect.gen(function* () {
  const program = yield* Effect.flatMap(installation(), ({ start }) => start)
  const before = resident(program.pid)
  return { ...program, bounded: () => assert.isBelow(resident(program.pid) - before, 256 * 2 ** 20) }
})

const unsignedFlood = (program: Program, count: number) =>
  Effect.forEach(many(count), (n) => program.post(messages(text(`wamid.flood-${n}`)), {}), { concurrency: 64 })

describe("gateway under attack", () => {
  it.live("I6 a flood of unsigned webhooks changes nothing, costs bounded memory, and delays no valid one", () =>
    Effect.gen(function* () {
      const program = yield* started
      const flood = yield* Effect.forkChild(unsignedFlood(program, 6_000))
      assert.strictEqual(yield* valid(program, "beside", 300), 300)
      const answers = yield* Fiber.join(flood)
      assert.deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([401]))
      const counts = yield* program.counts
      assert.deepStrictEqual([counts.received, counts.admitted], [300, 300])
      assert.isTrue(conserves(counts))
      program.bounded()
    })
  )

  it.live("slow bodies on many connections are cut, and delay no other webhook", () =>
    Effect.gen(function* () {
      const program = yield* started
      const head = "POST /webhooks/whatsapp HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"
      const slowRequests = yield* Effect.forEach(many(300), () => Effect.forkChild(spoken(program.url, [head], "stay")))
      assert.strictEqual(yield* valid(program, "dawdle", 100), 100)
      const responses = yield* Effect.forEach(slowRequests, Fiber.join, { concurrency: "unbounded" })
      assert.isTrue(responses.every((answer) => answer === "" || /^HTTP\/1\.1 (408|503)/.test(answer)))
      assert.strictEqual(yield* valid(program, "after", 20), 20)
      program.bounded()
    })
  )

  it.live("a thousand idle connections delay no other webhook", () =>
    Effect.gen(function* () {
      const program = yield* started
      const sockets = many(1_000).map(() => net.connect(portOf(program), "127.0.0.1").on("error", () => undefined))
      assert.strictEqual(yield* valid(program, "idle", 100), 100)
      for (const socket of sockets) socket.destroy()
      assert.strictEqual((yield* program.get("/readyz")).status, 200)
      program.bounded()
    })
  )

  it.live("thousands of guessed API keys are all rejected with the same response", () =>
    Effect.gen(function* () {
      const program = yield* started
      const key = secrets["api/crm"]
      const near = [key.slice(0, -1), `${key}x`, key.toUpperCase(), ` ${key}x`, "x".repeat(8_000)]
      const bodies = yield* Effect.forEach(
        [...near, ...many(2_000).map((n) => `cmp_guess-${n}`)],
        (guess) => ask(`${program.url}/v1/intents?state=sent`, { headers: { authorization: `Bearer ${guess}` } }),
        { concurrency: 32 }
      )
      assert.deepStrictEqual(new Set(bodies.map(({ status }) => status)), new Set([401]))
      assert.strictEqual(new Set(bodies.map(({ text: body }) => body)).size, 1)
      assert.notInclude(program.output(), "guess")
      program.bounded()
    })
  )

  it.live("genuine webhooks that are replayed are deduplicated, each", () =>
    Effect.gen(function* () {
      const program = yield* started
      const bytes = bytesOf(messages(text("wamid.once"), text("wamid.twice")))
      const headers = { "x-hub-signature-256": signature(secrets["meta/app-secret"], bytes) }
      const answers = yield* Effect.forEach(many(500), () => program.post(bytes, headers), { concurrency: 32 })
      assert.isTrue(answers.every(({ status }) => status === 200))
      const counts = yield* program.counts
      assert.deepStrictEqual([counts.admitted, counts.deduped, counts.received], [2, 998, 1_000])
      program.bounded()
    })
  )

  it.live("G50 thousands of pipelined requests wait for each other, and delay no other connection", () =>
    Effect.gen(function* () {
      const program = yield* started
      for (const path of ["/openapi.json", "/docs", "/metrics", "/readyz", "/nothing", "/v1/events", "/v1/intents"]) {
        const requests = Buffer.alloc(2 ** 20, `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
        const sockets = many(4).map(() => {
          const socket = net.connect(portOf(program), "127.0.0.1").on("error", () => undefined)
          socket.write(requests)
          return socket.pause()
        })
        assert.strictEqual(yield* valid(program, `beside${path}`, 50), 50, path)
        assert.strictEqual((yield* program.get("/livez")).status, 200, path)
        assert.strictEqual((yield* program.get("/readyz")).status, 200, path)
        for (const socket of sockets) socket.resetAndDestroy()
      }
      assert.strictEqual(yield* valid(program, "after", 50), 50)
      assert.isBelow(program.lines.all.filter(({ event }) => event === "api.refused").length, 20_000)
      assert.isTrue(conserves(yield* program.counts))
      program.bounded()
    })
  )

  it.live("G50 signed webhooks of 3 MB delay no others and cost bounded memory, whatever their content", () =>
    Effect.gen(function* () {
      const program = yield* started
      const repeatedBody = (begin: string, unit: string, end: string) =>
        Buffer.from(`${begin}${unit.repeat(Math.floor(3_000_000 / unit.length))}${unit.slice(0, -1)}${end}`)
      const inMessages = (unit: string) =>
        repeatedBody('{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[', `${unit},`, "]}}]}]}")
      const bodies = [
        inMessages('{"a":1}'),
        inMessages("{}"),
        inMessages("7"),
        repeatedBody("[", "[],", "]"),
        repeatedBody('{"entry":[', "{},", "]}"),
        repeatedBody('{"entry":[{"changes":[', '{"field":"x"},', "]}]}"),
        repeatedBody('{"entry":[{"changes":[{"field":"x","value":[', "1,", "]}]}]}"),
        repeatedBody('{"entry":[{"changes":[{"field":"x","value":{', '"a":1,', "}}]}]}"),
        Buffer.from(`{"entry":[{"id":"${"9".repeat(2_900_000)}","changes":[${"{},".repeat(999)}{}]}]}`),
        Buffer.from(`{"entry":["${"\\u0000".repeat(490_000)}"]}`)
      ]
      for (const [at, body] of bodies.entries()) {
        const beside = yield* Effect.forkChild(valid(program, `beside-${at}`, 40))
        const { status, json } = yield* program.deliver(body)
        assert.deepStrictEqual([status, json], [200, { admitted: 0, deduped: 0, quarantined: 1 }], String(at))
        assert.strictEqual(yield* Fiber.join(beside), 40)
      }
      const counts = yield* program.counts
      assert.deepStrictEqual([counts.quarantined, counts.admitted], [bodies.length, 40 * bodies.length])
      assert.isTrue(conserves(counts))
      program.bounded()
    })
  )

  it.live("prototype keys and deep JSON have no effect, in the API and in webhooks", () =>
    Effect.gen(function* () {
      const program = yield* started
      const polluted =
        '{"connector":"whatsapp","account":"support","capability":"text","to":"+15550001111","__proto__":{"admin":true},"input":{"body":"x","constructor":{"prototype":{"admin":true}}}}'
      const api = (body: string, n: number) =>
        ask(`${program.url}/v1/intents`, {
          method: "POST",
          headers: { authorization: `Bearer ${secrets["api/crm"]}`, "idempotency-key": `k-${n}` },
          body
        })
      const deep = `${'{"input":'.repeat(5_000)}1${"}".repeat(5_000)}`
      const answers = yield* Effect.forEach([polluted, deep, `${"[".repeat(200_000)}`], api)
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [422, 422, 422]
      )
      const signed = (body: Json | Uint8Array) => program.deliver(body)
      const hook = Buffer.from(
        '{"object":"whatsapp_business_account","__proto__":{"admin":true},"entry":[{"__proto__":[],"changes":[{"field":"__proto__","value":{"constructor":1}}]}]}'
      )
      for (const body of [hook, Buffer.from(deep)]) assert.strictEqual((yield* signed(body)).status, 200)
      assert.isTrue(conserves(yield* program.counts))
      program.bounded()
    })
  )

  it.live("a forged X-Forwarded-For grants nothing and is logged nowhere", () =>
    Effect.gen(function* () {
      const program = yield* started
      for (const from of ["127.0.0.1", "::1", "10.0.0.1, 127.0.0.1", "203.0.113.77".repeat(200)]) {
        const headers = { "x-forwarded-for": from, forwarded: `for=${from}`, "x-real-ip": from }
        assert.strictEqual((yield* program.post(messages(text("wamid.forged")), headers)).status, 401)
        assert.strictEqual((yield* ask(`${program.url}/v1/events`, { headers })).status, 401)
      }
      assert.notMatch(program.output(), /203\.0\.113|10\.0\.0\.1/)
      assert.strictEqual((yield* program.counts).received, 0)
    })
  )

  it.live("malformed paths, methods and heads on every route are answered with a 4xx, never a 5xx", () =>
    Effect.gen(function* () {
      const program = yield* started
      const api = yield* program.get("/openapi.json")
      const routes = Object.keys(JSON.parse(api.text).paths).concat("/docs", "/openapi.json")
      const tricks = routes.flatMap((route) => {
        const path = route.replaceAll(/\{[^}]+\}/g, "%00%2e%2e%2f__proto__")
        return [
          path,
          `${path}/..;/`,
          `/%2e%2e${path}`,
          `/..${path}`,
          `/${path}`,
          `${path}%ff`,
          `${path}?${"a[]=".repeat(900)}`
        ]
      })
      const raw = (path: string, method: string) =>
        Effect.callback<number>((resume) => {
          const request = http.request(
            {
              port: portOf(program),
              host: "127.0.0.1",
              path,
              method,
              agent: false,
              headers: { "x-forwarded-for": "127.0.0.1, ::1" }
            },
            (response) => {
              response.resume().on("end", () => resume(Effect.succeed(response.statusCode ?? 0)))
            }
          )
          request.on("error", () => resume(Effect.succeed(400)))
          request.end()
        })
      for (const path of tricks) {
        for (const method of ["GET", "POST", "DELETE", "TRACE"]) {
          const status = yield* raw(path, method)
          assert.isBelow(status, 500, `${method} ${path}`)
        }
      }
      const huge = yield* spoken(
        program.url,
        [`GET /livez HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(64_000)}\r\n\r\n`],
        "stay"
      )
      assert.match(huge, /^HTTP\/1\.1 431/)
      assert.lengthOf(
        program.lines.all.filter(({ event }) => event === "internal"),
        0
      )
      program.bounded()
    })
  )
})
