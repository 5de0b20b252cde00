import * as Schema from "effect/Schema"
import { AccountId, ConnectorId, ConversationId, CorrelationId, EventId, QuarantineId } from "../../../domain/ids.ts"
import { QuarantineReason } from "../../../inbound/event-log/quarantine-codec.ts"
import { countMember, nextMember, problemOf, retryProblemOf } from "../schemas.ts"

const optional = Schema.optionalKey
const text = (description: string) => Schema.String.annotate({ description })
const time = (description: string) => Schema.Finite.annotate({ description })
const json = (description: string) => Schema.Json.annotate({ description })

/** Members of every event. When the gateway cannot read the record, only `eventId` is present. */
const about = {
  eventId: text(
    "Identifies the event. When the gateway cannot read the record, the other members of the event are absent."
  ),
  correlationId: optional(CorrelationId),
  connector: optional(ConnectorId),
  account: optional(AccountId),
  conversation: optional(ConversationId),
  type: optional(text("Names connector, kind and subtype, such as `whatsapp.message.text`.")),
  kind: optional(text("Names the kind: `message`, `echo`, `status`, `account` or `unknown`.")),
  occurredAt: optional(
    time(
      "The provider's time of the event, else the time at which the gateway received it. In milliseconds since the epoch."
    )
  ),
  weakIdentity: optional(
    Schema.Boolean.annotate({
      description:
        "True when the provider gives the event no stable id, so that the gateway derives one from the content."
    })
  )
}

const content = {
  providerId: text("The provider's own id of the item, unchanged. It may be empty."),
  from: optional(text("Identifies the sender as the provider does. Absent when the item has none.")),
  content: json("Holds the provider's own object, whole, under the provider's names."),
  contact: optional(json("Holds the webhook's data about the sender. Absent when the webhook had none.")),
  contacts: optional(
    json("Holds contacts of the webhook that belong to none of its items. Absent when there are none.")
  ),
  errors: optional(json("Holds errors that the webhook carried beside the item. Absent when there are none.")),
  evidence: optional(
    Schema.Struct({
      status: text("Progress of the message, such as `delivered` or `failed`."),
      code: optional(text("The provider's error code of a `failed` status. Absent for any other status."))
    }).annotate({
      description: "States what a status says about a message of this gateway. Absent when the event is no such status."
    })
  )
}

const event = {
  ...about,
  at: time("Time at which the event was admitted or last sent again, in milliseconds of the store's clock."),
  state: Schema.Literals(["pending", "delivered", "dead_lettered"]).annotate({
    description:
      "State of the delivery: `pending` (not acknowledged yet), `delivered`, or `dead_lettered` (the runtime refused it for good)."
  })
}
const letter = {
  id: text(
    "Identifies the dead letter by the id of its event. For a replay, `.r` and the number of the replay follow."
  ),
  at: time("Time at which the event became a dead letter, in milliseconds of the store's clock."),
  reason: text(
    "States why the event is a dead letter: `runtime_refused_` and the HTTP status, `runtime_answer_malformed` or `runtime_answer_too_large`."
  ),
  refusals: countMember("Counts how often the runtime refused the event since it was admitted or last redriven."),
  ...about,
  replay: optional(countMember("Number of the replay, from 1. Absent for the original delivery."))
}
const item = {
  id: text("Identifies the quarantined item: `qua_` and 32 hex digits."),
  at: time("Time at which the item was quarantined, in milliseconds of the store's clock."),
  reason: optional(QuarantineReason),
  detail: optional(
    text(
      "Locates what the gateway could not decode, or names the limit that the webhook exceeded. It never holds text from outside."
    )
  ),
  connector: optional(ConnectorId),
  correlationId: optional(CorrelationId),
  items: optional(
    countMember(
      "Counts the items of a webhook that had too many and is stored as this one item. Absent for any other item."
    )
  ),
  account: optional(
    AccountId.annotate({
      description: "Names the account by its alias. Absent when its provider account was not configured."
    })
  ),
  providerAccountHash: optional(
    Schema.String.annotate({
      description:
        "Keyed hash of the provider's account id, equal for all items of one account. Absent when the webhook named none. `GET /v1/quarantine/{id}` returns the id itself."
    })
  )
}

export const EventPageSchema = Schema.Struct({
  events: Schema.Array(Schema.Struct(event)).annotate({
    description: "Lists the events of the page, without content."
  }),
  next: nextMember
}).annotate({ identifier: "EventPage", description: "One page of the events that the store holds." })
export const EventView = Schema.Struct({
  ...event,
  replays: countMember("Counts how often an operator replayed the event."),
  ...content
}).annotate({ identifier: "Event", description: "One event with its content." })
export const LetterPage = Schema.Struct({
  deadLetters: Schema.Array(Schema.Struct(letter)).annotate({
    description: "Lists the dead letters of the page, without content."
  }),
  next: nextMember
}).annotate({ identifier: "DeadLetterPage", description: "One page of the dead letters." })
export const LetterView = Schema.Struct({ ...letter, ...content }).annotate({
  identifier: "DeadLetter",
  description: "One dead letter with its content."
})
export const ItemPage = Schema.Struct({
  items: Schema.Array(Schema.Struct(item)).annotate({ description: "Lists the items of the page, without content." }),
  next: nextMember
}).annotate({ identifier: "QuarantinePage", description: "One page of the quarantined items." })
export const ItemView = Schema.Struct({
  ...item,
  complete: Schema.Boolean.annotate({
    description: "True when the store holds the whole item. False when a part was not stored."
  }),
  providerAccount: optional(text("The provider's id of the account. Absent when the webhook named none.")),
  content: optional(json("Holds the provider's own object. Absent when the store holds none of it."))
}).annotate({ identifier: "QuarantinedItem", description: "One quarantined item with its content." })

const admittedEvents = countMember("Counts the events that were admitted.")
const dedupedEvents = countMember("Counts the events that the gateway had received before.")

export const Redriven = Schema.Struct({
  id: text("Identifies the dead letter that the gateway sends again."),
  eventId: EventId
}).annotate({ identifier: "Redriven", description: "The dead letter that the gateway sends again." })
export const RedrivenMany = Schema.Struct({
  redriven: countMember("Counts the dead letters that the gateway sends again."),
  next: nextMember
}).annotate({ identifier: "RedrivenMany", description: "Result of one request of a bulk redrive." })
export const ReplayedOne = Schema.Struct({
  eventId: EventId,
  replay: countMember("Number of the replay, from 1."),
  webhookId: text("The `webhook-id` under which the runtime receives the replay.")
}).annotate({ identifier: "Replayed", description: "The replay that the gateway delivers." })
export const ReplayedMany = Schema.Struct({
  replayed: countMember("Counts the events that the gateway delivers again."),
  skipped: countMember("Counts the events that were skipped, because they are pending or dead letters."),
  to: time("End of the time range, in milliseconds since the epoch. Send it with `next` to continue."),
  next: nextMember
}).annotate({ identifier: "ReplayedMany", description: "Result of one request of a bulk replay." })
export const ReleasedOne = Schema.Struct({
  id: QuarantineId,
  eventIds: Schema.Array(EventId).annotate({ description: "Lists the events that the item became." }),
  admitted: admittedEvents,
  deduped: dedupedEvents
}).annotate({ identifier: "Released", description: "The item that left the quarantine." })
export const ReleasedMany = Schema.Struct({
  released: countMember("Counts the items that left the quarantine."),
  stay: countMember("Counts the items that stay, because their reason still holds or they cannot be read."),
  admitted: admittedEvents,
  deduped: dedupedEvents,
  next: nextMember
}).annotate({ identifier: "ReleasedMany", description: "Result of one request of a bulk release." })

export const badQuery = problemOf(
  400,
  "`invalid_limit`, `invalid_cursor`, `invalid_order` or `invalid_time`: a query parameter is invalid. Correct it as the `title` says."
)
export const badBulkCursor =
  "`invalid_cursor`: `cursor` is not the `next` of a page. Correct it, or omit it to start again."
export const unreadableContent = retryProblemOf(
  503,
  "`store_unavailable`: the store does not answer. `unreadable`: no available key opens the record; restore its sealing key. Send the request again after `Retry-After`. A release may also get `store_full`, or `outcome_unknown`: the store did not confirm whether it was performed."
)

/** Members of a request for many records, beside its filter. */
export const manyFields = {
  cursor: optional(text("Continues after a request: its `next`. Omit it to start.")),
  reason: optional(text("States the reason in the operator's own words. The audit log stores it encrypted."))
}
