import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { InboundEvent } from "../domain/event.ts"
import { AccountId, ConnectorId, ConversationId, CorrelationId, EventId, ProviderAccountId } from "../domain/ids.ts"
import { type Sealer, Unreadable } from "../secrets/sealer.ts"

/** How an event rests in the store: names and keyed hashes in the open, the personal part sealed. */
const Stored = Schema.Struct({
  v: Schema.Literal(1),
  id: EventId,
  cor: CorrelationId,
  con: ConnectorId,
  acc: AccountId,
  pac: ProviderAccountId,
  cnv: ConversationId,
  type: Schema.String,
  kind: Schema.Literals(["message", "echo", "status", "account", "unknown"]),
  at: Schema.Finite,
  weak: Schema.optionalKey(Schema.Literal(true)),
  s: Schema.String
})

const Personal = Schema.Struct({
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
const decodePersonal = Schema.decodeUnknownEffect(Schema.fromJsonString(Personal))

export const encodeRecord = (sealer: Sealer["Service"], event: InboundEvent): string => {
  const personal = Redacted.value(event.personal)
  const sealed = sealer.seal(
    JSON.stringify(event.evidence === undefined ? personal : { ...personal, evidence: event.evidence })
  )
  const stored: typeof Stored.Encoded = {
    v: 1,
    id: event.eventId,
    cor: event.correlationId,
    con: event.connector,
    acc: event.account,
    pac: event.providerAccount,
    cnv: event.conversation,
    type: event.type,
    kind: event.kind,
    at: event.occurredAt,
    ...(event.weakIdentity ? { weak: true } : {}),
    s: sealed
  }
  return JSON.stringify(stored)
}

/** A record that cannot be read is parked by whoever asked, never dropped (G5). */
export const decodeRecord = (sealer: Sealer["Service"], record: string): Effect.Effect<InboundEvent, Unreadable> =>
  Effect.gen(function* () {
    const stored = yield* decodeStored(record)
    const { evidence, ...personal } = yield* Effect.flatMap(sealer.open(stored.s), (text) => decodePersonal(text))
    return {
      eventId: stored.id,
      correlationId: stored.cor,
      connector: stored.con,
      account: stored.acc,
      providerAccount: stored.pac,
      conversation: stored.cnv,
      type: stored.type,
      kind: stored.kind,
      occurredAt: stored.at,
      weakIdentity: stored.weak === true,
      personal: Redacted.make(personal, { label: "event" }),
      ...(evidence === undefined ? {} : { evidence })
    }
  }).pipe(Effect.catchTag("SchemaError", () => Effect.fail(new Unreadable({ reason: "not a record of format 1" }))))
