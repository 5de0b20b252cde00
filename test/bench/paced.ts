import { closeSync, openSync, readSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { setInterval, setTimeout as pause } from "node:timers/promises"

// An open loop, which wrk has not: posts a file's webhooks at a fixed rate, however slowly they are answered, and counts
// what is answered before its time is over. What waits for a free connection waits since it was due.

const [file = "", ...numbers] = process.argv.slice(2)
const [size = 0, first = 0, port = 0, rate = 0, seconds = 0, connections = 0] = numbers.map(Number)

const wanted = Buffer.alloc(Math.ceil(rate * seconds) * size)
const descriptor = openSync(file, "r")
const requests = wanted.subarray(0, readSync(descriptor, wanted, 0, wanted.length, first * size))
closeSync(descriptor)
const count = Math.floor(requests.length / size)

const due: Array<number> = []
const idle: Array<Socket> = []
const since = new Map<Socket, number>()
const waits: Array<number> = []
const answers: Record<string, number> = {}
let posted = 0
let broken = 0
let startedAt = Infinity

const postDue = () => {
  while (due.length > 0) {
    const socket = idle.pop()
    if (socket === undefined) return
    since.set(socket, due.shift() ?? 0)
    const at = (posted++ % count) * size
    socket.write(requests.subarray(at, at + size))
  }
}

const answered = (socket: Socket, data: Buffer) => {
  const was = since.get(socket)
  if (was === undefined) return
  since.delete(socket)
  const now = performance.now()
  if (now - startedAt <= seconds * 1_000) {
    waits.push(now - was)
    const status = data.toString("latin1", 9, 12)
    answers[status] = (answers[status] ?? 0) + 1
  }
  idle.push(socket)
  postDue()
}

const talk = () => {
  const socket = connect(port, "127.0.0.1", () => idle.push(socket))
  socket.setNoDelay(true)
  socket.on("data", (data: Buffer) => answered(socket, data))
  socket.on("error", () => undefined)
  socket.on("close", () => {
    since.delete(socket)
    if (idle.includes(socket)) idle.splice(idle.indexOf(socket), 1)
    broken += 1
    talk()
  })
}
for (let n = 0; n < connections; n++) talk()
await pause(300)

startedAt = performance.now()
let offered = 0
for await (const _ of setInterval(1)) {
  const passed = performance.now() - startedAt
  if (passed >= seconds * 1_000) break
  for (; offered < (passed * rate) / 1_000; offered++) due.push(startedAt + (offered * 1_000) / rate)
  postDue()
}

const sorted = waits.toSorted((a, b) => a - b)
const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
console.log(JSON.stringify({ offered, answers, broken, p50: at(0.5), p99: at(0.99) }))
process.exit(0)
