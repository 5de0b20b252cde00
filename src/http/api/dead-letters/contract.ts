import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { LetterFilter } from "../../../inbound/operate/bulk.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { Because } from "../decode-body.ts"
import {
  badBulkCursor,
  badQuery,
  LetterPage,
  LetterView,
  Redriven,
  RedrivenMany,
  manyFields,
  unreadableContent
} from "../events/schemas.ts"
import { BodyOptional, JsonBody } from "../json-body.ts"
import { rangeQuery } from "../page.ts"
import { problemOf } from "../schemas.ts"

export const RedriveMany = Schema.Struct({ filter: LetterFilter, ...manyFields }).annotate({
  description: "Selects the dead letters to redrive."
})

const id = Schema.String.annotate({
  description: "Identifies the dead letter by its `id`, or by the webhook id of a replay, which has `_r` for `.r`."
})
const noLetter = "`not_found`: no dead letter has this id, or its retention is over. Check the id."

export class DeadLettersGroup extends HttpApiGroup.make("deadLetters")
  .add(
    HttpApiEndpoint.get("list", "/v1/dead-letters", {
      query: rangeQuery,
      success: LetterPage,
      error: [badQuery, away]
    })
      .annotate(OpenApi.Summary, "List dead letters")
      .annotate(
        OpenApi.Description,
        "Returns the events that the runtime refused for good, without content. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("get", "/v1/dead-letters/:id", {
      params: { id },
      success: LetterView,
      error: [problemOf(404, noLetter), unreadableContent]
    })
      .annotate(OpenApi.Summary, "Get one dead letter with its content")
      .annotate(
        OpenApi.Description,
        "Returns the dead letter as in a list, with its content. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.post("redrive", "/v1/dead-letters/:id/redrive", {
      params: { id },
      payload: Because,
      success: Redriven,
      error: [problemOf(404, noLetter), away]
    })
      .annotate(OpenApi.Summary, "Redrive one dead letter")
      .annotate(
        OpenApi.Description,
        "Sends the event to the runtime again, under the same webhook id and with its refusals reset. The event goes to the end of the queue, so it is delivered out of order. If the runtime refuses it for good, it becomes a dead letter again. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true),
    HttpApiEndpoint.post("redriveMany", "/v1/dead-letters/redrive", {
      payload: RedriveMany,
      success: RedrivenMany,
      error: [problemOf(400, badBulkCursor), away]
    })
      .annotate(OpenApi.Summary, "Redrive the dead letters that match")
      .annotate(
        OpenApi.Description,
        "Sends the events of the matching dead letters to the runtime again, oldest first. One request examines about 1,000 dead letters. To continue, send `next` as `cursor`. A repeated request is safe. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true)
  )
  .annotate(OpenApi.Description, "Shows events that the runtime refused for good, and sends them again.")
  .middleware(Auth) {}
