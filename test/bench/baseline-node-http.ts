import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { duty, signed } from "./duty.ts"

const { admit, port, secret } = await duty()

const answer = (response: ServerResponse, status: number) => response.writeHead(status, { "content-length": 0 }).end()

const receive = (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
  if (!signed(secret, request.headers["x-hub-signature-256"], body)) {
    answer(response, 401)
    return
  }
  admit(body).then(
    () => answer(response, 200),
    () => answer(response, 503)
  )
}

const server = createServer((request, response) => {
  if (request.method !== "POST") {
    answer(response, request.method === "GET" ? 200 : 405)
    return
  }
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const [first] = chunks
    receive(request, response, chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks))
  })
})
server.listen(port, "127.0.0.1")
