import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { LetterFilter } from "../../../inbound/operate/bulk.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { Because } from "../decode-body.ts"
import {
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

export const RedriveMany = Schema.Struct({ filter: LetterFilter, ...manyFields })

export class DeadLettersGroup extends HttpApiGroup.make("deadLetters")
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
      error: [problemOf(404, "No such dead letter"), unreadableContent]
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
