// @effect-diagnostics globalFetch:off
import { createServer, type IncomingMessage } from "node:http"
import { env } from "node:process"
import { Webhook } from "standardwebhooks"

interface Event {
  type: string
  data: { eventId: string; connector: string; account: string; from?: string; content: unknown }
}

const gateway = env["COMPORTA_URL"] ?? "http://127.0.0.1:8080"
const webhook = new Webhook(env["RUNTIME_SECRET"] ?? "")
// In a real application this is a table with a unique key, written in the transaction that handles the event.
const handled = new Set<string>()

/** The text of a message. The provider may leave anything out: `undefined` where there is none. */
const textOf = (content: unknown): string | undefined => {
  const body = (content as { text?: { body?: unknown } } | null)?.text?.body
  return typeof body === "string" && body !== "" ? body : undefined
}

const reply = async ({ eventId, connector, account, from, content }: Event["data"]): Promise<number> => {
  const body = textOf(content)
  if (body === undefined || from === undefined) return 204
  const to = /^\d+$/.test(from) ? `+${from}` : from
  const response = await fetch(`${gateway}/v1/intents`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${env["COMPORTA_KEY"] ?? ""}`,
      "content-type": "application/json",
      "idempotency-key": `reply-${eventId}`
    },
    body: JSON.stringify({ connector, account, capability: "text", to, input: { body } })
  })
  // Sent, refused, expired or in doubt: asking again would change nothing. Anything else holds the event.
  return response.ok || [410, 422, 502, 504].includes(response.status) ? 204 : 503
}

const receive = async (request: IncomingMessage): Promise<number> => {
  const body = Buffer.concat(await request.toArray()).toString()
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  try {
    webhook.verify(body, headers)
  } catch {
    return 401
  }
  const id = headers["webhook-id"] ?? ""
  const { type, data }: Event = JSON.parse(body)
  const status = handled.has(id) || type !== "whatsapp.message.text" ? 204 : await reply(data).catch(() => 503)
  if (status === 204) handled.add(id)
  return status
}

const server = createServer((request, response) => {
  receive(request).then(
    (status) => response.writeHead(status).end(),
    () => response.writeHead(500).end()
  )
})
server.listen(Number(env["PORT"] ?? 3000), () => process.stdout.write(`receiver ${JSON.stringify(server.address())}\n`))
