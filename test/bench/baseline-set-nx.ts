import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { Redis } from "ioredis"

interface Wish {
  readonly to?: string
  readonly input?: { readonly body?: string }
}

const [port = "", redisUrl = "", providerUrl = ""] = process.argv.slice(2)
const redis = new Redis(redisUrl, { enableAutoPipelining: true })
const day = 24 * 60 * 60 * 1000

const answer = (response: ServerResponse, status: number, body = "") =>
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    .end(body)

/** What a careful team writes in an afternoon: the key is taken, then the message goes out. */
const send = async (key: string, { to, input }: Wish): Promise<string | undefined> => {
  if ((await redis.set(`sent:${key}`, "1", "PX", day, "NX")) === null) return '{"outcome":"deduped"}'
  // @effect-diagnostics-next-line globalFetch:off
  const response = await fetch(`${providerUrl}/v25.0/106540352242922/messages`, {
    method: "POST",
    headers: { authorization: "Bearer bench-access-token", "content-type": "application/json" },
    body: JSON.stringify({ messaging_product: "whatsapp", to, type: "text", text: input })
  })
  const text = await response.text()
  return response.ok ? text : undefined
}

const receive = async (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk)
  const wish: Wish = JSON.parse(Buffer.concat(chunks).toString())
  const sent = await send(String(request.headers["idempotency-key"]), wish)
  if (sent === undefined) answer(response, 502)
  else answer(response, 200, sent)
}

createServer((request, response) => {
  if (request.method !== "POST") {
    answer(response, 200)
    return
  }
  receive(request, response).catch(() => answer(response, 503))
}).listen(Number(port), "127.0.0.1")
