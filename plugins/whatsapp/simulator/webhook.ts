import type { Json } from "../../../src/domain/json.ts"
import type { SimulatedNumber } from "./accounts.ts"

/**
 * Returns true for a business-scoped user id, else the person is a phone number. Each has its own member names (META
 * 2.2).
 */
export const isUserId = (person: string) => /^[A-Z]{2}\./.test(person)
const waId = (person: string) => (person.startsWith("+") ? person.slice(1) : person)

const contact = (person: string) => ({
  profile: { name: "Simulated customer" },
  ...(isUserId(person) ? { user_id: person } : { wa_id: waId(person) })
})

const change = (number: SimulatedNumber, value: { readonly [key: string]: Json }): Json => ({
  object: "whatsapp_business_account",
  entry: [
    {
      id: number.businessAccountId,
      changes: [
        {
          value: {
            messaging_product: "whatsapp",
            metadata: { display_phone_number: "15550100000", phone_number_id: number.phoneNumberId },
            ...value
          },
          field: "messages"
        }
      ]
    }
  ]
})

const seconds = (millis: number) => String(Math.floor(millis / 1000))

/** Returns the webhook of a customer's message (META 2.3). */
export const customerMessage = (
  number: SimulatedNumber,
  message: { readonly id: string; readonly from: string; readonly text: string; readonly at: number }
): Json =>
  change(number, {
    contacts: [contact(message.from)],
    messages: [
      {
        ...(isUserId(message.from) ? { from_user_id: message.from } : { from: waId(message.from) }),
        id: message.id,
        timestamp: seconds(message.at),
        type: "text",
        text: { body: message.text }
      }
    ]
  })

export type Status = "sent" | "delivered" | "read" | "played" | "failed"

const title = "Simulated failure"
const failure = (code: number) => ({ code, title, message: title, error_data: { details: "failed as asked for" } })

/** Returns the webhook of a status (META 2.4). */
export const messageStatus = (
  number: SimulatedNumber,
  status: {
    readonly id: string
    readonly status: Status
    readonly to: string
    readonly at: number
    readonly callbackData: string | undefined
    /** Code of a `failed` status. */
    readonly code?: number
  }
): Json =>
  change(number, {
    ...(status.status === "failed" ? {} : { contacts: [contact(status.to)] }),
    statuses: [
      {
        id: status.id,
        status: status.status,
        timestamp: seconds(status.at),
        ...(isUserId(status.to) ? { recipient_user_id: status.to } : { recipient_id: waId(status.to) }),
        ...(status.callbackData === undefined ? {} : { biz_opaque_callback_data: status.callbackData }),
        ...(status.code === undefined ? {} : { errors: [failure(status.code)] })
      }
    ]
  })
