import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { EventFilter } from "../../../inbound/operate/bulk.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { Because } from "../decode-body.ts"
import {
  badQuery,
  EventPageSchema,
  EventView,
  ReplayedMany,
  ReplayedOne,
  manyFields,
  unreadableContent
} from "./schemas.ts"
import { BodyOptional, JsonBody } from "../json-body.ts"
import { rangeQuery } from "../page.ts"
import { problemOf } from "../schemas.ts"

export const ReplayMany = Schema.Struct({ filter: EventFilter, ...manyFields })

export class EventsGroup extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("list", "/v1/events", {
      query: rangeQuery,
      success: EventPageSchema,
      error: [badQuery, away]
    })
      .annotate(OpenApi.Summary, "Events that are kept, without content")
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("get", "/v1/events/:eventId", {
      params: { eventId: Schema.String },
      success: EventView,
      error: [problemOf(404, "No such event, or it is not kept any more"), unreadableContent]
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
