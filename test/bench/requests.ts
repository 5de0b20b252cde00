import { createHmac, randomFillSync } from "node:crypto"
import { closeSync, openSync, writeSync } from "node:fs"

/** The account that the webhooks are for. */
export const phoneNumberId = "106540352242922"
const businessAccountId = "102290129340398"

const text = "Oi! Queria saber se o pedido j\\u00e1 saiu para entrega, obrigada \\ud83d\\ude0a"

const bodyOf = (messageId: string, from: string) =>
  `{"object":"whatsapp_business_account","entry":[{"id":"${businessAccountId}","changes":[{"value":{` +
  `"messaging_product":"whatsapp","metadata":{"display_phone_number":"551130001000","phone_number_id":"${phoneNumberId}"},` +
  `"contacts":[{"profile":{"name":"Maria Souza"},"wa_id":"${from}"}],"messages":[{"from":"${from}",` +
  `"id":"${messageId}","timestamp":"1793000000","text":{"body":"${text}"},"type":"text"}]},"field":"messages"}]}]}`

const requestOf = (secret: string, body: string) =>
  "POST /webhooks/whatsapp HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nContent-Type: application/json\r\n" +
  `X-Hub-Signature-256: sha256=${createHmac("sha256", secret).update(body).digest("hex")}\r\n` +
  `Content-Length: ${body.length}\r\n\r\n${body}`

const bytes = Buffer.alloc(42)

const nextRequest = (secret: string, index: number, people: number) => {
  const messageId = `wamid.${randomFillSync(bytes).toString("base64")}`
  return requestOf(secret, bodyOf(messageId, `5511${String(900_000_000 + (index % people)).padStart(9, "0")}`))
}

/** Writes that many signed requests, no id twice and all of one size, of so many people in turn; answers that size in bytes. */
export const writeRequests = (file: string, secret: string, count: number, people = 50_000): number => {
  const output = openSync(file, "w")
  const batch = 1_000
  for (let start = 0; start < count; start += batch) {
    const size = Math.min(batch, count - start)
    writeSync(output, Array.from({ length: size }, (_, index) => nextRequest(secret, start + index, people)).join(""))
  }
  closeSync(output)
  return nextRequest(secret, 0, people).length
}
