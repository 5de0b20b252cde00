import { createHmac } from "node:crypto"
import { connect, type Socket } from "node:net"
import { setInterval, setTimeout as pause } from "node:timers/promises"
import { appSecret } from "./place.ts"

// One attack for so many seconds, as fast as it is answered; prints how often it was answered, by status.

const [name = "", ...numbers] = process.argv.slice(2)
const [port = 0, seconds = 0] = numbers.map(Number)

const answers: Record<string, number> = {}
let closed = 0
let over = false

const request = (path: string, header = "") => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${header}\r\n`

const webhook = (count: number, item: string) => {
  const items = Array.from({ length: count }, () => item).join()
  const body = `{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[${items}]}}]}]}`
  const signature = createHmac("sha256", appSecret).update(body).digest("hex")
  const head = `Host: 127.0.0.1\r\nX-Hub-Signature-256: sha256=${signature}\r\nContent-Length: ${body.length}`
  return `POST /webhooks/whatsapp HTTP/1.1\r\n${head}\r\n\r\n${body}`
}

/** What one connection sends, and how many requests that is. `drip`: bytes that follow, one a second. */
interface Attack {
  readonly connections: number
  readonly sends: string
  readonly count: number
  readonly drip?: true
}

const pipelined = (connections: number, one: string, count = 64): Attack => ({
  connections,
  sends: one.repeat(count),
  count
})

const attacks: Readonly<Record<string, () => Attack>> = {
  docs: () => pipelined(16, request("/docs")),
  openapi: () => pipelined(32, request("/openapi.json")),
  metrics: () => pipelined(32, request("/metrics")),
  "wrong-key": () => pipelined(64, request("/v1/events", "Authorization: Bearer cmp_wrong\r\n")),
  "many-junk-items": () => pipelined(2, webhook(370_000, '{"a":1}'), 1),
  "some-junk-items": () => pipelined(4, webhook(8_000, "7"), 1),
  "slow-bodies": () => ({
    connections: 1_000,
    sends: "POST /webhooks/whatsapp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{",
    count: 1,
    drip: true
  })
}

const attack = attacks[name]?.()
if (attack === undefined) throw new Error(`expected one of ${Object.keys(attacks).join(", ")}`)
const bytes = Buffer.from(attack.sends)

/** Status lines begin an answer; one may be cut in two by a chunk. */
const counted = (tail: string, chunk: Buffer) => {
  const text = tail + chunk.toString("latin1")
  let count = 0
  for (const [, status = ""] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
    answers[status] = (answers[status] ?? 0) + 1
    count += 1
  }
  return { count, tail: text.slice(-12).replace(/HTTP\/1\.1 \d{3} $/, "") }
}

const begin = () => {
  if (over) return
  const socket: Socket = connect(port, "127.0.0.1", () => {
    socket.write(bytes)
    if (attack.drip === true) void drip()
  })
  let left = attack.count
  let tail = ""
  socket.on("data", (chunk: Buffer) => {
    const heard = counted(tail, chunk)
    tail = heard.tail
    left -= heard.count
    if (left > 0 || over) return
    left = attack.count
    socket.write(bytes)
  })
  const drip = async () => {
    for await (const _ of setInterval(1_000)) {
      if (socket.destroyed) return
      socket.write(" ")
    }
  }
  socket.on("error", () => undefined)
  socket.on("close", () => {
    closed += 1
    begin()
  })
}

for (let n = 0; n < attack.connections; n++) begin()
await pause(seconds * 1_000)
over = true
console.log(JSON.stringify({ answers, closed }))
process.exit(0)
