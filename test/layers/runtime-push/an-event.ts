import { Personal } from "../../../src/domain/personal.ts"
import type { InboundEvent, PersonalPart } from "../../../src/domain/event.ts"
import {
  AccountId,
  ConnectorId,
  ConversationId,
  CorrelationId,
  EventId,
  ProviderAccountId
} from "../../../src/domain/ids.ts"

export const personal: PersonalPart = {
  providerId: "wamid.HBgM",
  from: "5511987654321",
  content: { id: "wamid.HBgM", type: "text", text: { body: "olá, quanto é? 10 € 🌊" } }
}

export const anEvent = (part: PersonalPart = personal, over: Partial<InboundEvent> = {}): InboundEvent => ({
  eventId: EventId.make(`evt_${"a1".repeat(16)}`),
  correlationId: CorrelationId.make(`cor_${"b2".repeat(16)}`),
  connector: ConnectorId.make("whatsapp"),
  account: AccountId.make("support"),
  providerAccount: ProviderAccountId.make("106540352242922"),
  conversation: ConversationId.make(`cnv_${"c3".repeat(16)}`),
  type: "whatsapp.message.text",
  kind: "message",
  occurredAt: 1_767_225_600_000,
  weakIdentity: false,
  personal: Personal.of(part),
  ...over
})
