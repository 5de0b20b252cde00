import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { EventFilter, ItemFilter, LetterFilter } from "../../../inbound/operate/bulk.ts"
import { Because } from "../decode-body.ts"
import {
  EventPage,
  EventView,
  ItemPage,
  ItemView,
  LetterPage,
  LetterView,
  Redriven,
  RedrivenMany,
  ReleasedMany,
  ReleasedOne,
  ReplayedMany,
  ReplayedOne
} from "./schemas.ts"
import { rangeQuery } from "../page.ts"
import { problemOf, retryProblemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { BodyOptional, JsonBody } from "../json-body.ts"

const badQuery = problemOf(400, "A limit, cursor, order or time that is none")
const unreadable = retryProblemOf(
  503,
  "The store does not answer, or the record cannot be opened with the keys at hand"
)
const goesOn = { cursor: Schema.optionalKey(Schema.String), reason: Schema.optionalKey(Schema.String) }

export const RedriveMany = Schema.Struct({ filter: LetterFilter, ...goesOn })
export const ReplayMany = Schema.Struct({ filter: EventFilter, ...goesOn })
export const ReleaseMany = Schema.Struct({ filter: ItemFilter, ...goesOn })

export class Events extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("list", "/v1/events", {
      query: rangeQuery,
      success: EventPage,
      error: [badQuery, away]
    })
      .annotate(OpenApi.Summary, "Events that are kept, without content")
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("get", "/v1/events/:eventId", {
      params: { eventId: Schema.String },
      success: EventView,
      error: [problemOf(404, "No such event, or it is not kept any more"), unreadable]
    })
      .annotate(OpenApi.Summary, "One event, with its content")
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.post("replay", "/v1/events/:eventId/replay", {
      params: { eventId: Schema.String },
      payload: Because,
      success: ReplayedOne,
      error: [
        problemOf(404, "No such event, or it is not kept any more"),
        problemOf(409, "It has not been delivered yet, or is a dead letter"),

        away
      ]
    })
      .annotate(OpenApi.Summary, "Deliver a delivered event again, as a replay")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true),
    HttpApiEndpoint.post("replayMany", "/v1/events/replay", {
      payload: ReplayMany,
      success: ReplayedMany,
      error: [problemOf(400, "A cursor that is none"), away]
    })
      .annotate(OpenApi.Summary, "Replay the delivered events of a time, oldest first")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true)
  )
  .middleware(Auth) {}

export class DeadLetters extends HttpApiGroup.make("deadLetters")
  .add(
    HttpApiEndpoint.get("list", "/v1/dead-letters", {
      query: rangeQuery,
      success: LetterPage,
      error: [badQuery, away]
    })
      .annotate(OpenApi.Summary, "Events that the runtime refused for good, without content")
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("get", "/v1/dead-letters/:id", {
      params: { id: Schema.String },
      success: LetterView,
      error: [problemOf(404, "No such dead letter"), unreadable]
    })
      .annotate(OpenApi.Summary, "One dead letter, with its content")
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.post("redrive", "/v1/dead-letters/:id/redrive", {
      params: { id: Schema.String },
      payload: Because,
      success: Redriven,
      error: [problemOf(404, "No such dead letter"), away]
    })
      .annotate(OpenApi.Summary, "Send a dead letter to the runtime again")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true),
    HttpApiEndpoint.post("redriveMany", "/v1/dead-letters/redrive", {
      payload: RedriveMany,
      success: RedrivenMany,
      error: [problemOf(400, "A cursor that is none"), away]
    })
      .annotate(OpenApi.Summary, "Send the dead letters that fit a filter again, oldest first")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true)
  )
  .middleware(Auth) {}

export class Quarantine extends HttpApiGroup.make("quarantine")
  .add(
    HttpApiEndpoint.get("list", "/v1/quarantine", {
      query: rangeQuery,
      success: ItemPage,
      error: [badQuery, away]
    })
      .annotate(OpenApi.Summary, "Items that were not let in, without content")
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("get", "/v1/quarantine/:id", {
      params: { id: Schema.String },
      success: ItemView,
      error: [problemOf(404, "No such item"), unreadable]
    })
      .annotate(OpenApi.Summary, "One quarantined item, with its content")
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.post("release", "/v1/quarantine/:id/release", {
      params: { id: Schema.String },
      payload: Because,
      success: ReleasedOne,
      error: [
        problemOf(404, "No such item"),
        problemOf(409, "It stays: what kept it out still holds, or too little of it is kept"),

        unreadable
      ]
    })
      .annotate(OpenApi.Summary, "Let an item in as what it is today")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true),
    HttpApiEndpoint.post("releaseMany", "/v1/quarantine/release", {
      payload: ReleaseMany,
      success: ReleasedMany,
      error: [problemOf(400, "A cursor that is none"), away]
    })
      .annotate(OpenApi.Summary, "Let the items in that fit a filter, oldest first")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true)
  )
  .middleware(Auth) {}
