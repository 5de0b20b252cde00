import type { Personal } from "./personal.ts"
import type { AccountId, ConnectorId, ConversationId, CorrelationId, EventId, ProviderAccountId } from "./ids.ts"
import type { Json } from "./json.ts"

/** What an event is about. `unknown` is a kind we do not know: kept whole, never dropped. */
export type EventKind = "message" | "echo" | "status" | "account" | "unknown"

/** What holds a person or content: never printed, sealed at rest. */
export interface PersonalPart {
  /** The provider's own id of the item, as it came. */
  readonly providerId: string
  readonly from?: string
  /** The provider's own object, whole. */
  readonly content: Json
  /** What the webhook said about the sender, as the provider wrote it. */
  readonly contact?: Json
  /** Contacts of the webhook that are of none of its items; on one of its events. */
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
  /** `whatsapp.message.text` */
  readonly type: string
  readonly kind: EventKind
  /** Milliseconds since the epoch: the provider's time of the event, else ours of its receipt. */
  readonly occurredAt: number
  /** True where the provider gives no stable id (G11). */
  readonly weakIdentity: boolean
  readonly personal: Personal<PersonalPart>
  readonly evidence?: Evidence
  /** The how manieth time an operator had it delivered again although it had been (G33); absent where it is the event itself. */
  readonly replay?: number
  /** An operator sent it again after it had been dead-lettered: it comes out of its order (I8). */
  readonly redriven?: true
}

/** How far a message went, as the provider's statuses say; an open set. */
export type DeliveryStatus = "sent" | "delivered" | "read" | "played" | "failed" | (string & {})

/** What a status says about one of our intents (G18). */
export interface Evidence {
  readonly status: DeliveryStatus
  /** Our callback data as the provider returned it, unchecked. */
  readonly callbackData?: string
  /** The provider's error code of a `failed` status. */
  readonly code?: string
}
