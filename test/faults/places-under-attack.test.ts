import { readFileSync, writeFileSync } from "node:fs"
import * as net from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { conserves, secrets } from "../support/client.ts"
import { type Answer, listening } from "../support/http.ts"
import { installation, type Program } from "../support/program.ts"
import { recorded } from "../support/recorded.ts"
import { businessAccountId, messages, phoneNumberId, text } from "../support/webhook.ts"

const many = (count: number) => Array.from({ length: count }, (_, n) => n)

/** Valid webhooks at once, each new; how each was answered. */
const valid = (program: Program, name: string, count: number) =>
  Effect.forEach(many(count), (n) => program.deliver(messages(text(`wamid.${name}-${n}`))), { concurrency: 8 }).pipe(
    Effect.map((answers) => answers.map(({ status }) => status))
  )

const cutOff = ["HTTP/1.1 408", "HTTP/1.1 503"]

/** One who never closes a connection; calls back once with what was heard when the other side does. */
const attacker = (program: Program, parts: ReadonlyArray<string | Uint8Array>, cut: (output: string) => void) => {
  let output = ""
  let reported = false
  const report = () => {
    if (!reported) cut(output)
    reported = true
  }
  const port = Number(new URL(program.url).port)
  const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => {
    for (const part of parts) socket.write(part)
  })
  socket.on("data", (chunk: Buffer) => (output += chunk.toString("latin1")))
  socket.on("error", () => undefined)
  return socket.on("end", report).on("close", report)
}

/** Bytes that the process holds now, as the kernel counts them. */
const resident = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1_024

/** Vault in small, which can be told to keep everybody waiting. */
const slowVault = Effect.gen(function* () {
  const held: Array<() => void> = []
  let slow = false
  const server = yield* listening((request, _, response) => {
    const ref = decodeURIComponent((request.url ?? "").replace("/v1/secret/data/", ""))
    const value = Object.entries(secrets).find(([name]) => name === ref)?.[1]
    const answer = () => {
      response.writeHead(value === undefined ? 404 : 200, { "content-type": "application/json" })
      response.end(JSON.stringify({ data: { data: { value }, metadata: { version: 1, created_time: "" } } }))
    }
    if (slow) held.push(answer)
    else answer()
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    holds: () => {
      slow = true
    },
    lets: () => {
      slow = false
      for (const answer of held.splice(0)) answer()
    }
  }
})

const file = (vault: string) => (directory: string, port: number) => {
  writeFileSync(join(directory, "token"), "a-token")
  return `
environment: local
server: { port: ${port} }
store: memory
secrets: { from: vault, address: "${vault}", poll: 1 hour, auth: { tokenFile: "${directory}/token" } }
api: { keys: [ { id: crm, secret: api/crm, scopes: [send, read] } ] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:9" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
`
}

describe("slots under attack", () => {
  it.live("G29 a flood of unsigned webhooks that waits for a slow secret store leaves slots for signed ones", () =>
    Effect.gen(function* () {
      const vault = yield* slowVault
      const installed = yield* installation({ file: file(vault.url) })
      const program = yield* installed.start
      const answers = recorded<Answer>()
      vault.holds()
      const unsigned = (n: number) =>
        Effect.map(program.post(messages(text(`wamid.flood-${n}`)), {}), (answer) => answers.add(answer))
      const flood = yield* Effect.forkChild(Effect.forEach(many(1_400), unsigned, { concurrency: "unbounded" }))
      yield* answers.atLeast(1)
      assert.deepStrictEqual(new Set(yield* valid(program, "beside", 50)), new Set([200]))
      vault.lets()
      yield* Fiber.join(flood)
      const statuses = answers.all.map(({ status }) => status)
      assert.deepStrictEqual(new Set(statuses), new Set([401, 503]))
      assert.isAtLeast(statuses.filter((status) => status === 401).length, 256)
      const busy = answers.all.find(({ status }) => status === 503)
      assert.deepStrictEqual([busy?.at("code"), busy?.headers["retry-after"]], ["too_many_at_once", "1"])
      const counts = yield* program.counts
      assert.deepStrictEqual([counts.received, counts.admitted], [50, 50])
      assert.isTrue(conserves(counts))
      assert.deepStrictEqual(new Set(yield* valid(program, "after", 5)), new Set([200]))
    })
  )

  it.live("thousands of slow bodies leave slots for other webhooks", () =>
    Effect.gen(function* () {
      const program = yield* Effect.flatMap(installation(), ({ start }) => start)
      const cut = recorded<string>()
      const head = "POST /webhooks/whatsapp HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"
      for (let n = 0; n < 1_300; n++) attacker(program, [head], cut.add)
      yield* cut.atLeast(50)
      assert.deepStrictEqual(new Set(yield* valid(program, "beside", 50)), new Set([200]))
      yield* cut.atLeast(1_300)
      assert.deepStrictEqual(new Set(cut.all.map((answer) => answer.slice(0, 12))), new Set(cutOff))
      assert.deepStrictEqual(new Set(yield* valid(program, "after", 5)), new Set([200]))
    })
  )

  it.live("large bodies that never end leave memory for other webhooks", () =>
    Effect.gen(function* () {
      const program = yield* Effect.flatMap(installation(), ({ start }) => start)
      const before = resident(program.pid)
      const cut = recorded<string>()
      const length = 3 * 2 ** 20
      const head = `POST /webhooks/whatsapp HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`
      const part = Buffer.alloc(length - 1, " ")
      for (let n = 0; n < 80; n++) attacker(program, [head, part], cut.add)
      yield* cut.atLeast(40)
      assert.deepStrictEqual(new Set(yield* valid(program, "beside", 50)), new Set([200]))
      assert.isBelow(resident(program.pid) - before, 400 * 2 ** 20)
      yield* cut.atLeast(80)
      assert.isTrue(conserves(yield* program.counts))
    })
  )

  it.live("idle connections leave room for active ones, and the server closes the oldest first", () =>
    Effect.gen(function* () {
      const program = yield* Effect.flatMap(installation(), ({ start }) => start)
      const closed = recorded<number>()
      const count = 2_300
      for (const n of many(count)) attacker(program, [], () => closed.add(n))
      yield* closed.atLeast(200)
      assert.isTrue(closed.all.every((n) => n < count - 200))
      assert.deepStrictEqual(new Set(yield* valid(program, "beside", 50)), new Set([200]))
    })
  )

  it.live(
    "a body that continues after its 408 is cut",
    () =>
      Effect.gen(function* () {
        const program = yield* Effect.flatMap(installation(), ({ start }) => start)
        const responses = recorded<string>()
        const cut = recorded<boolean>()
        const head = "POST /webhooks/whatsapp HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n"
        const socket = attacker(program, [head], responses.add).on("close", () => cut.add(true))
        const dawdle = Effect.andThen(
          Effect.sync(() => socket.write("{")),
          Effect.sleep(50)
        )
        yield* Effect.forkChild(Effect.delay(Effect.forever(dawdle), 500))
        yield* cut.atLeast(1)
        assert.match(responses.all[0] ?? "", /^HTTP\/1\.1 408/)
      }),
    60_000
  )
})
