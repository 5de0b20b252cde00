import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Channel } from "../../src/connector/channel.ts"
import { AccountId, ConversationId, CorrelationId, EventId, ProviderAccountId } from "../../src/domain/ids.ts"
import type { InboundEvent } from "../../src/domain/event.ts"
import type { JsonObject } from "../../src/domain/json.ts"
import { Personal } from "../../src/domain/personal.ts"

export interface EchoOf {
  readonly person: string
  /** As the provider tells it, with its `mid`. */
  readonly message: JsonObject & { readonly mid: string }
  /** Milliseconds since the epoch; now unless given. */
  readonly at?: number
}

let events = 0

/** An echo of `messaging[]` of the account `shop`, as it is read from the log. */
export const echoEventOf = (channel: Channel, account: string, { person, message, at }: EchoOf) =>
  Effect.map(Clock.currentTimeMillis, (now): InboundEvent => {
    const id = (++events).toString(16).padStart(32, "0")
    const timestamp = at ?? now
    return {
      eventId: EventId.make(`evt_${id}`),
      correlationId: CorrelationId.make(`cor_${id}`),
      conversation: ConversationId.make(`cnv_${id}`),
      connector: channel.id,
      account: AccountId.make("shop"),
      providerAccount: ProviderAccountId.make(account),
      type: `${channel.id}.echo.text`,
      kind: "echo",
      occurredAt: timestamp,
      weakIdentity: false,
      personal: Personal.of({
        providerId: message.mid,
        content: { sender: { id: account }, recipient: { id: person }, timestamp, message }
      })
    }
  })
