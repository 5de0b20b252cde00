import type { Personal } from "./personal.ts"
import type { AccountId, ConnectorId, ConversationId, CorrelationId, EventId, ProviderAccountId } from "./ids.ts"
import type { Json } from "./json.ts"

/** Kind of an event. `unknown` is a kind that the connector does not know: the gateway keeps it whole and never drops it. */
export type EventKind = "message" | "echo" | "status" | "account" | "unknown"

/** The part of an event that holds a person or content: never printed, sealed at rest. */
export interface PersonalPart {
  /** The provider's own id of the item, unchanged. */
  readonly providerId: string
  readonly from?: string
  /** The provider's own object, whole. */
  readonly content: Json
  /** The webhook's data about the sender, as the provider wrote it. */
  readonly contact?: Json
  /** Contacts of the webhook that belong to none of its items; one event of the webhook carries them. */
  readonly contacts?: Json
  /** Errors that the webhook carried beside the item. */
  readonly errors?: Json
}

/** One normalized inbound fact. */
export interface InboundEvent {
  readonly eventId: EventId
  readonly correlationId: CorrelationId
  readonly connector: ConnectorId
  readonly account: AccountId
  readonly providerAccount: ProviderAccountId
  readonly conversation: ConversationId
  /** Connector, kind and subtype: `whatsapp.message.text`. */
  readonly type: string
  readonly kind: EventKind
  /** Milliseconds since the epoch: the provider's time of the event, else the time at which the gateway received it. */
  readonly occurredAt: number
  /** True when the provider gives no stable id (G11). */
  readonly weakIdentity: boolean
  readonly personal: Personal<PersonalPart>
  readonly evidence?: Evidence
  /** Replay number, from 1, of an event that an operator had delivered again (G33); absent for the original delivery. */
  readonly replay?: number
  /** True when an operator redrove the event from the dead letters: the runtime then receives it out of order (I8). */
  readonly redriven?: true
}

/** Progress of a message by the provider's statuses; an open set. */
export type DeliveryStatus = "sent" | "delivered" | "read" | "played" | "failed" | (string & {})

/** Evidence of a status about one of the gateway's intents (G18). */
export interface Evidence {
  readonly status: DeliveryStatus
  /** The gateway's callback data as the provider returned it, unchecked. */
  readonly callbackData?: string
  /** The provider's error code of a `failed` status. */
  readonly code?: string
}
