// @effect-diagnostics globalDate:off
import { randomBytes, randomInt } from "node:crypto"
import type * as Effect from "effect/Effect"
import type { Channel } from "../../src/connector/channel.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { type ItemTools, normalizeItem } from "../../src/inbound/admit/normalize.ts"
import type { LogPart } from "../../src/inbound/event-log/event-log.ts"
import { encodeCallbackData } from "../../src/outbound/intent/callback-data.ts"
import { ConnectorId, type IntentId, ProviderAccountId } from "../../src/domain/ids.ts"
import { channel } from "../plugins/whatsapp/channel.ts"
import { messagesChange, phoneNumberId, webhook } from "../plugins/whatsapp/samples/webhook.ts"

/** The connector with one account, `support`. */
export const whatsappChannel: Effect.Effect<Channel> = channel

export const people = 50_000
const person = () => `5511${900_000_000 + randomInt(people)}`
/** A message id of WhatsApp has 42 to 45 bytes in base64. */
const messageId = () => `wamid.${randomBytes(42).toString("base64")}`
const seconds = () => String(Math.floor(Date.now() / 1_000))

/** A text of 60 characters from a person. */
export const text = (): JsonObject => {
  const from = person()
  const body = "Hi! Has my order left the warehouse yet? Thanks in advance :)"
  return webhook(
    messagesChange({
      contacts: [{ profile: { name: "Maria Souza" }, wa_id: from }],
      messages: [{ from, id: messageId(), timestamp: seconds(), text: { body }, type: "text" }]
    })
  )
}

const sender = { connector: ConnectorId.make("whatsapp"), providerAccount: ProviderAccountId.make(phoneNumberId) }

/** The status `delivered` of a message that the gateway sent, in the form of the Cloud API with prices. */
export const status = (tools: ItemTools, deployment: string) => (): JsonObject => {
  const intentId: IntentId = tools.hash.intent([randomBytes(8).toString("hex")])
  return webhook(
    messagesChange({
      statuses: [
        {
          id: messageId(),
          status: "delivered",
          timestamp: seconds(),
          recipient_id: person(),
          conversation: { id: randomBytes(16).toString("hex"), origin: { type: "service" } },
          pricing: { billable: false, pricing_model: "PMP", category: "service", type: "free_customer_service" },
          biz_opaque_callback_data: encodeCallbackData(tools.hash, deployment, sender, { intentId, attempt: 1 })
        }
      ]
    })
  )
}

const signedFor = new Set([phoneNumberId])

/** Decodes webhooks as the gateway does, and returns their entries by partition. */
export const partsOf = (tools: ItemTools, to: Channel, webhooks: ReadonlyArray<Json>): ReadonlyArray<LogPart> => {
  const items = webhooks.flatMap((body) =>
    to.decode(body).map((decoded) => normalizeItem(tools, to, decoded, signedFor))
  )
  return Array.from(
    Map.groupBy(items, ({ partition }) => partition),
    ([partition, group]) => ({
      partition,
      entries: group.map(({ entry }) => entry)
    })
  )
}
