import * as DateTime from "effect/DateTime"
import { Webhook } from "standardwebhooks"

export const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString("base64")}`

export const eventId = `evt_${"a1".repeat(16)}`

/** The body of an event as Comporta writes it. */
export const bodyOf = (text: string, type = "whatsapp.message.text") =>
  JSON.stringify({
    type,
    timestamp: "2026-01-31T12:00:00.000Z",
    data: {
      eventId,
      correlationId: `cor_${"b2".repeat(16)}`,
      connector: "whatsapp",
      account: "support",
      conversation: `cnv_${"c3".repeat(16)}`,
      providerId: "wamid.TEST1",
      kind: "message",
      from: "15550001111",
      content: { id: "wamid.TEST1", type: "text", text: { body: text } }
    }
  })

/** The headers of a delivery at a time in milliseconds. */
export const headersOf = (body: string, at: number, { secret = secretOf(1), id = eventId } = {}) => ({
  "webhook-id": id,
  "webhook-timestamp": String(Math.floor(at / 1_000)),
  "webhook-signature": new Webhook(secret).sign(id, DateTime.toDateUtc(DateTime.makeUnsafe(at)), body)
})
