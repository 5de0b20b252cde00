import { createHmac, timingSafeEqual } from "node:crypto"
import { readFileSync } from "node:fs"
import { Redis } from "ioredis"

interface Message {
  readonly id: string
}
interface Value {
  readonly metadata?: { readonly phone_number_id?: string }
  readonly messages?: ReadonlyArray<Message>
}
interface Webhook {
  readonly entry?: ReadonlyArray<{ readonly changes?: ReadonlyArray<{ readonly value?: Value }> }>
}

const eightDays = 8 * 24 * 60 * 60 * 1000

const script = `
local fresh = 0
for i = 2, #KEYS do
  if redis.call("SET", KEYS[i], "1", "NX", "PX", ARGV[1]) then
    redis.call("XADD", KEYS[1], "*", "event", ARGV[i])
    fresh = fresh + 1
  end
end
return fresh`

/** `sha256=<hex>` over the exact bytes, compared in constant time. */
export const signed = (secret: string, header: unknown, body: Buffer): boolean => {
  if (typeof header !== "string" || !header.startsWith("sha256=")) return false
  const given = Buffer.from(header.slice(7), "hex")
  const expected = createHmac("sha256", secret).update(body).digest()
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const eventsOf = (webhook: Webhook) => {
  const marks: Array<string> = []
  const events: Array<string> = []
  for (const { changes = [] } of webhook.entry ?? []) {
    for (const { value } of changes) {
      for (const message of value?.messages ?? []) {
        marks.push(`seen:${message.id}`)
        events.push(JSON.stringify({ account: value?.metadata?.phone_number_id, message }))
      }
    }
  }
  return { marks, events }
}

/** The whole of a baseline: what it listens on, its secret, and one script a webhook that marks and appends. */
export const duty = async () => {
  const [port = "", url = "", secretFile = ""] = process.argv.slice(2)
  const redis = new Redis(url, { enableAutoPipelining: true })
  const sha = String(await redis.script("LOAD", script))
  const admit = (body: Buffer): Promise<unknown> => {
    const webhook: Webhook = JSON.parse(body.toString())
    const { events, marks } = eventsOf(webhook)
    return redis.evalsha(sha, marks.length + 1, "events", ...marks, eightDays, ...events)
  }
  return { admit, port: Number(port), secret: readFileSync(secretFile, "utf8").trim() }
}
