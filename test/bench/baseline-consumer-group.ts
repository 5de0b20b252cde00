// @effect-diagnostics globalDate:off globalFetch:off
import { readFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import { Redis } from "ioredis"
import { Webhook } from "standardwebhooks"
import "./baseline-node-http.ts"

// The way out for what baseline-node-http.ts takes in: each conversation in order, signed, acknowledged once it was heard.

const [, redisUrl = "", , runtime = "", signingFile = ""] = process.argv.slice(2)
const signer = new Webhook(readFileSync(signingFile, "utf8").trim())
const reader = new Redis(redisUrl)
const redis = new Redis(redisUrl, { enableAutoPipelining: true })

const page = 128
/** Deliveries under way at once, and entries in hand. */
const [slots, inHand] = [64, 1_024]

interface Event {
  readonly account: string
  readonly message: { readonly id: string; readonly from: string; readonly type: string; readonly timestamp: string }
}

let free = slots
const queue: Array<() => void> = []
const slot = () => (free > 0 ? Promise.resolve(void free--) : new Promise<void>((resolve) => void queue.push(resolve)))
const giveBack = () => {
  const next = queue.shift()
  if (next === undefined) free++
  else next()
}

const push = async ({ account, message }: Event): Promise<boolean> => {
  const { id, from, type, timestamp } = message
  const body = JSON.stringify({
    type: `whatsapp.message.${type}`,
    timestamp: new Date(Number(timestamp) * 1_000).toISOString(),
    data: { eventId: id, connector: "whatsapp", account, conversation: from, providerId: id, from, content: message }
  })
  const now = new Date()
  await slot()
  try {
    const answer = await fetch(runtime, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
        "webhook-signature": signer.sign(id, now, body)
      },
      body,
      signal: AbortSignal.timeout(10_000)
    })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  } finally {
    giveBack()
  }
}

const deliver = async (entry: string, event: Event) => {
  for (let attempt = 0; !(await push(event)); attempt++) await pause(Math.min(30_000, 500 * 2 ** attempt))
  await redis.xack("events", "push", entry)
}

const conversations = new Map<string, Promise<void>>()
let held = 0

const take = (entry: string, event: Event) => {
  const key = `${event.account}:${event.message.from}`
  held += 1
  const turn = (conversations.get(key) ?? Promise.resolve())
    .then(() => deliver(entry, event))
    .finally(() => {
      held -= 1
      if (conversations.get(key) === turn) conversations.delete(key)
    })
  conversations.set(key, turn)
}

const room = async (): Promise<void> => {
  if (held < inHand) return
  await Promise.race(conversations.values())
  return room()
}

await redis.xgroup("CREATE", "events", "push", "$", "MKSTREAM")
while (true) {
  const read = await reader.xreadgroup("GROUP", "push", "one", "COUNT", page, "BLOCK", 1_000, "STREAMS", "events", ">")
  for (const [entry, fields] of read?.flatMap(([, entries]) => entries) ?? []) {
    take(entry, JSON.parse(fields?.[1] ?? ""))
  }
  await room()
}
