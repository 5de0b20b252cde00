// @effect-diagnostics globalDate:off
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { connect } from "node:net"
import { createInterface } from "node:readline"
import { Webhook } from "standardwebhooks"

// The runtime, which says on which port it listens, and the load: for each line `PORT FIRST COUNT` on standard input it
// posts that many signed webhooks as fast as they are answered, and says when all of their events have come.

const [file = "", size = "", connections = "", signingFile = ""] = process.argv.slice(2)
const requests = readFileSync(file)
const signer = new Webhook(readFileSync(signingFile, "utf8").trim())
const length = Number(size)

const received = new Set<string>()
let round = { wanted: Infinity, startedAt: 0, repeats: 0, forged: 0, refused: 0 }
let looked = 0

/** Every hundredth signature is looked at: this process shares its processor with the store. */
const genuine = (headers: Record<string, string>, body: string) => {
  if (looked++ % 100 !== 0) return true
  try {
    return signer.verify(body, headers) !== undefined
  } catch {
    return false
  }
}

const runtime = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    response.writeHead(204).end()
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    if (!genuine(headers, Buffer.concat(chunks).toString())) round.forged += 1
    const id = headers["webhook-id"] ?? ""
    if (received.has(id)) round.repeats += 1
    received.add(id)
    if (received.size === round.wanted) console.log(JSON.stringify(round))
  })
}).listen(0, "127.0.0.1", () => {
  const address = runtime.address()
  console.log(typeof address === "object" && address !== null ? address.port : 0)
})

createInterface({ input: process.stdin }).on("line", (line) => {
  const [port = 0, first = 0, count = 0] = line.split(" ").map(Number)
  round = { wanted: received.size + count, startedAt: Date.now(), repeats: 0, forged: 0, refused: 0 }
  let next = first
  const talk = () => {
    const socket = connect(port, "127.0.0.1")
    socket.setNoDelay(true)
    const post = () => {
      if (next === first + count) return socket.end()
      const at = next++ * length
      return socket.write(requests.subarray(at, at + length))
    }
    socket.on("connect", post)
    socket.on("data", (data) => {
      if (!data.toString("latin1").startsWith("HTTP/1.1 200")) round.refused += 1
      post()
    })
  }
  for (let n = 0; n < Number(connections); n++) talk()
})
