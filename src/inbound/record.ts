import * as Effect from "effect/Effect"
import { Personal } from "../domain/personal.ts"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { InboundEvent } from "../domain/event.ts"
import { AccountId, ConnectorId, ConversationId, CorrelationId, EventId, ProviderAccountId } from "../domain/ids.ts"
import { type Sealer, Unreadable } from "../secrets/sealer.ts"

/**
 * The first line of a record, names and keyed hashes in the open: format, event, correlation, connector, account,
 * provider account, conversation, type, kind, time, weak identity. The second line is the personal part, sealed.
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

export const Part = Schema.Struct({
  providerId: Schema.String,
  from: Schema.optionalKey(Schema.String),
  content: Schema.Json,
  contact: Schema.optionalKey(Schema.Json),
  errors: Schema.optionalKey(Schema.Json),
  evidence: Schema.optionalKey(
    Schema.Struct({
      status: Schema.String,
      callbackData: Schema.optionalKey(Schema.String),
      code: Schema.optionalKey(Schema.String)
    })
  )
})

const decodeStored = Schema.decodeUnknownEffect(Schema.fromJsonString(Stored))
const decodePersonal = Schema.decodeUnknownEffect(Schema.fromJsonString(Part))

export const encodeRecord = (sealer: Sealer["Service"], event: InboundEvent): string => {
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
  return `${JSON.stringify(stored)}\n${sealed}`
}

const decodeOpen = Schema.decodeUnknownOption(Schema.fromJsonString(Stored))

/** What a record says in the open; `undefined` where it cannot be read. */
export const headOf = (record: string) =>
  Option.getOrUndefined(
    Option.map(
      decodeOpen(record.split("\n", 1)[0]),
      ([, eventId, correlationId, connector, account, , conversation, type, kind, occurredAt, weak]) => ({
        eventId,
        correlationId,
        connector,
        account,
        conversation,
        type,
        kind,
        occurredAt,
        weakIdentity: weak === 1
      })
    )
  )

const isConversation = Schema.is(ConversationId)

/** What a record is about, without opening it; `undefined` where it cannot be read. */
export const conversationOf = (record: string): ConversationId | undefined => {
  const open = Result.try((): unknown => JSON.parse(record.slice(0, Math.max(0, record.indexOf("\n")))))
  const conversation: unknown = Result.isSuccess(open) && Array.isArray(open.success) ? open.success[6] : undefined
  return isConversation(conversation) ? conversation : undefined
}

/** A record that cannot be read is parked by whoever asked, never dropped (G5). */
export const decodeRecord = (sealer: Sealer["Service"], record: string): Effect.Effect<InboundEvent, Unreadable> =>
  Effect.gen(function* () {
    const end = record.indexOf("\n")
    const [, eventId, correlationId, connector, account, providerAccount, conversation, type, kind, occurredAt, weak] =
      yield* decodeStored(record.slice(0, Math.max(0, end)))
    const { evidence, ...personal } = yield* Effect.flatMap(sealer.open(record.slice(end + 1)), decodePersonal)
    return {
      eventId,
      correlationId,
      connector,
      account,
      providerAccount,
      conversation,
      type,
      kind,
      occurredAt,
      weakIdentity: weak === 1,
      personal: Personal.of(personal),
      ...(evidence === undefined ? {} : { evidence })
    }
  }).pipe(Effect.catchTag("SchemaError", () => Effect.fail(new Unreadable({ reason: "not a record of format 1" }))))
