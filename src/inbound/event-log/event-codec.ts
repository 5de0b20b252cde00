import * as Effect from "effect/Effect"
import { Personal } from "../../domain/personal.ts"
import * as Schema from "effect/Schema"
import type { InboundEvent } from "../../domain/event.ts"
import { AccountId, ConnectorId, ConversationId, CorrelationId, EventId, ProviderAccountId } from "../../domain/ids.ts"
import { jsonIn } from "../../domain/parse-json.ts"
import { type Sealer, Unreadable } from "../../secrets/sealer.ts"
import type { NewEntry } from "./event-log.ts"

/**
 * First line of a record, not sealed: format, event, correlation, connector, account, provider account, conversation, type,
 * kind, time, weak identity. It holds names and keyed hashes only. The second line is the sealed personal part.
 */
const Stored = Schema.Tuple([
  Schema.Literal(1),
  EventId,
  CorrelationId,
  ConnectorId,
  AccountId,
  ProviderAccountId,
  ConversationId,
  Schema.String,
  Schema.Literals(["message", "echo", "status", "account", "unknown"]),
  Schema.Finite,
  Schema.Literals([0, 1])
])

export const RecordPart = Schema.Struct({
  providerId: Schema.String,
  from: Schema.optionalKey(Schema.String),
  content: Schema.Json,
  contact: Schema.optionalKey(Schema.Json),
  contacts: Schema.optionalKey(Schema.Json),
  errors: Schema.optionalKey(Schema.Json),
  evidence: Schema.optionalKey(
    Schema.Struct({
      status: Schema.String,
      callbackData: Schema.optionalKey(Schema.String),
      code: Schema.optionalKey(Schema.String)
    })
  )
})

const isStored = Schema.is(Stored)
const isPart = Schema.is(RecordPart)

/** Parses the first line of a record. Returns `undefined` when it is invalid. */
const storedOf = (line: string): typeof Stored.Type | undefined => {
  const stored = jsonIn(line)
  return isStored(stored) ? stored : undefined
}

export const encodeEvent = (
  sealer: Sealer["Service"],
  event: InboundEvent
): Required<Pick<NewEntry, "record" | "sealed">> => {
  const personal = Personal.open(event.personal)
  const sealed = sealer.seal(
    JSON.stringify(event.evidence === undefined ? personal : { ...personal, evidence: event.evidence })
  )
  const stored: typeof Stored.Encoded = [
    1,
    event.eventId,
    event.correlationId,
    event.connector,
    event.account,
    event.providerAccount,
    event.conversation,
    event.type,
    event.kind,
    event.occurredAt,
    event.weakIdentity ? 1 : 0
  ]
  return { record: JSON.stringify(stored), sealed }
}

/** Decodes the part that is not sealed. Returns `undefined` when it cannot be read. */
export const decodeHeader = (record: string) => {
  const stored = storedOf(record.split("\n", 1)[0] ?? "")
  if (stored === undefined) return undefined
  const [, eventId, correlationId, connector, account, , conversation, type, kind, occurredAt, weak] = stored
  return {
    eventId,
    correlationId,
    connector,
    account,
    conversation,
    type,
    kind,
    occurredAt,
    weakIdentity: weak === 1
  }
}

const statusLine = /^[^\n]*,"status",[^,\n]*,[01]\]\n/

/** Returns true for the record of a status, by the end of its first line. Runs for every entry of a sweep. */
export const isStatusRecord = (record: string): boolean => statusLine.test(record)

const isConversation = Schema.is(ConversationId)

/** Returns the conversation without opening the record. Returns `undefined` when it cannot be read. */
export const conversationOfRecord = (record: string): ConversationId | undefined => {
  const open = jsonIn(record.slice(0, Math.max(0, record.indexOf("\n"))))
  const conversation: unknown = Array.isArray(open) ? open[6] : undefined
  return isConversation(conversation) ? conversation : undefined
}

const eventOf = (
  [
    ,
    eventId,
    correlationId,
    connector,
    account,
    provider,
    conversation,
    type,
    kind,
    occurredAt,
    weak
  ]: typeof Stored.Type,
  { evidence, ...personal }: typeof RecordPart.Type
): InboundEvent => ({
  eventId,
  correlationId,
  connector,
  account,
  providerAccount: provider,
  conversation,
  type,
  kind,
  occurredAt,
  weakIdentity: weak === 1,
  personal: Personal.of(personal),
  ...(evidence === undefined ? {} : { evidence })
})

const unreadable = () => Effect.fail(new Unreadable({ reason: "not a record of format 1" }))

/** Decodes a record. The caller keeps a record that cannot be read: it is never dropped (G5). */
export const decodeEvent = (sealer: Sealer["Service"], record: string): Effect.Effect<InboundEvent, Unreadable> => {
  const end = record.indexOf("\n")
  const stored = storedOf(record.slice(0, Math.max(0, end)))
  if (stored === undefined) return unreadable()
  return Effect.flatMap(sealer.open(record.slice(end + 1)), (text) => {
    const part = jsonIn(text)
    return isPart(part) ? Effect.succeed(eventOf(stored, part)) : unreadable()
  })
}
