import { createServer } from "node:http"

const [port = ""] = process.argv.slice(2)
let sent = 0
let waits: Array<number> = []

const now = () => performance.timeOrigin + performance.now()

/** Answers at once. A text that is a time was sent at it: the wait until the first bytes arrived is kept. */
createServer((request, response) => {
  const arrived = now()
  if (request.method === "GET") {
    response.end(JSON.stringify({ sent, waits }))
    waits = []
    return
  }
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    sent += 1
    const at = Number(/"body":"at (\d+\.\d+)"/.exec(Buffer.concat(chunks).toString())?.[1])
    if (at > 0) waits.push(arrived - at)
    const body = `{"messaging_product":"whatsapp","contacts":[],"messages":[{"id":"wamid.${sent}"}]}`
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body)
  })
}).listen(Number(port), "127.0.0.1")
