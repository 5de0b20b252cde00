import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { EventFilter } from "../../../inbound/operate/bulk.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { Because } from "../decode-body.ts"
import {
  badBulkCursor,
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

export const ReplayMany = Schema.Struct({ filter: EventFilter, ...manyFields }).annotate({
  description: "Selects the events to replay."
})

const eventId = Schema.String.annotate({ description: "Identifies the event: `evt_` and 32 hex digits." })
const noEvent = "`not_found`: the event does not exist, or its retention is over. Check the id."

export class EventsGroup extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("list", "/v1/events", {
      query: rangeQuery,
      success: EventPageSchema,
      error: [badQuery, away]
    })
      .annotate(OpenApi.Summary, "List events")
      .annotate(
        OpenApi.Description,
        "Returns the events that the store holds, without content. Replays are not listed, since each is another delivery of its event. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("get", "/v1/events/:eventId", {
      params: { eventId },
      success: EventView,
      error: [problemOf(404, noEvent), unreadableContent]
    })
      .annotate(OpenApi.Summary, "Get one event with its content")
      .annotate(
        OpenApi.Description,
        "Returns the event as in a list, with the number of its replays and its content. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.post("replay", "/v1/events/:eventId/replay", {
      params: { eventId },
      payload: Because,
      success: ReplayedOne,
      error: [
        problemOf(404, noEvent),
        problemOf(
          409,
          "`pending`: the event is not delivered yet; the gateway delivers it without a replay. `dead_lettered`: redrive the dead letter."
        ),
        away
      ]
    })
      .annotate(OpenApi.Summary, "Replay one event")
      .annotate(
        OpenApi.Description,
        "Delivers a delivered event again, under a webhook id of its own, so that the runtime does not take it for a duplicate. After 503 `outcome_unknown`, the replay was made if `GET /v1/events/{eventId}` shows a higher number of replays. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true),
    HttpApiEndpoint.post("replayMany", "/v1/events/replay", {
      payload: ReplayMany,
      success: ReplayedMany,
      error: [problemOf(400, badBulkCursor), away]
    })
      .annotate(OpenApi.Summary, "Replay the events of a time range")
      .annotate(
        OpenApi.Description,
        "Replays the delivered events that match the filter, oldest first, and skips all others. One request examines about 1,000 events. To continue, send `next` as `cursor` with the `to` of the answer. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true)
  )
  .annotate(OpenApi.Description, "Shows received events and delivers them again.")
  .middleware(Auth) {}
