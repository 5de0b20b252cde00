import * as Schema from "effect/Schema"
import { AccountId, ConnectorId, ConversationId, CorrelationId, EventId, QuarantineId } from "../../../domain/ids.ts"
import { QuarantineReason } from "../../../inbound/event-log/quarantine-codec.ts"
import { problemOf, retryProblemOf } from "../schemas.ts"

const optional = Schema.optionalKey
const time = Schema.Finite.annotate({ description: "Milliseconds since the epoch" })

/** Members of every event. When the gateway cannot read the record, only `eventId` is present. */
const about = {
  eventId: Schema.String,
  correlationId: optional(CorrelationId),
  connector: optional(ConnectorId),
  account: optional(AccountId),
  conversation: optional(ConversationId),
  type: optional(Schema.String),
  kind: optional(Schema.String),
  occurredAt: optional(time),
  weakIdentity: optional(Schema.Boolean)
}

const content = {
  providerId: Schema.String,
  from: optional(Schema.String),
  content: Schema.Json,
  contact: optional(Schema.Json),
  contacts: optional(Schema.Json),
  errors: optional(Schema.Json),
  evidence: optional(
    Schema.Struct({ status: Schema.String, code: optional(Schema.String) }).annotate({
      description: "What a status of the provider says about one of our messages"
    })
  )
}

const event = { ...about, at: time, state: Schema.Literals(["pending", "delivered", "dead_lettered"]) }
const letter = {
  id: Schema.String.annotate({ description: "The event's id; of a replay with `.r` and its number" }),
  at: time,
  reason: Schema.String,
  refusals: Schema.Int,
  ...about,
  replay: optional(Schema.Int)
}
const item = {
  id: Schema.String,
  at: time,
  reason: optional(QuarantineReason),
  detail: optional(Schema.String),
  connector: optional(ConnectorId),
  correlationId: optional(CorrelationId),
  items: optional(
    Schema.Int.annotate({ description: "Items of the webhook that is kept as this one, because it has too many" })
  ),
  account: optional(AccountId.annotate({ description: "The alias, when its provider account was configured" })),
  providerAccountHash: optional(
    Schema.String.annotate({
      description: "A keyed hash of the provider account: equal for items of one account; one item shows the account"
    })
  )
}

const next = optional(Schema.String.annotate({ description: "Pass as `cursor` to go on" }))
export const EventPageSchema = Schema.Struct({ events: Schema.Array(Schema.Struct(event)), next }).annotate({
  identifier: "EventPage"
})
export const EventView = Schema.Struct({ ...event, replays: Schema.Int, ...content }).annotate({ identifier: "Event" })
export const LetterPage = Schema.Struct({ deadLetters: Schema.Array(Schema.Struct(letter)), next }).annotate({
  identifier: "DeadLetterPage"
})
export const LetterView = Schema.Struct({ ...letter, ...content }).annotate({ identifier: "DeadLetter" })
export const ItemPage = Schema.Struct({ items: Schema.Array(Schema.Struct(item)), next }).annotate({
  identifier: "QuarantinePage"
})
export const ItemView = Schema.Struct({
  ...item,
  complete: Schema.Boolean,
  providerAccount: optional(Schema.String),
  content: optional(Schema.Json)
}).annotate({ identifier: "QuarantinedItem" })

export const Redriven = Schema.Struct({ id: Schema.String, eventId: EventId }).annotate({ identifier: "Redriven" })
export const RedrivenMany = Schema.Struct({ redriven: Schema.Int, next }).annotate({ identifier: "RedrivenMany" })
export const ReplayedOne = Schema.Struct({
  eventId: EventId,
  replay: Schema.Int,
  webhookId: Schema.String
}).annotate({ identifier: "Replayed" })
export const ReplayedMany = Schema.Struct({ replayed: Schema.Int, skipped: Schema.Int, to: time, next }).annotate({
  identifier: "ReplayedMany"
})
export const ReleasedOne = Schema.Struct({
  id: QuarantineId,
  eventIds: Schema.Array(EventId),
  admitted: Schema.Int,
  deduped: Schema.Int
}).annotate({ identifier: "Released" })
export const ReleasedMany = Schema.Struct({
  released: Schema.Int,
  stay: Schema.Int,
  admitted: Schema.Int,
  deduped: Schema.Int,
  next
}).annotate({ identifier: "ReleasedMany" })

export const badQuery = problemOf(400, "A limit, cursor, order or time that is none")
export const unreadableContent = retryProblemOf(
  503,
  "The store does not answer, or the record cannot be opened with the keys at hand"
)

/** Members of a request for many records, beside its filter. */
export const manyFields = { cursor: optional(Schema.String), reason: optional(Schema.String) }
