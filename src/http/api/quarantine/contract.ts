import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { ItemFilter } from "../../../inbound/operate/bulk.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { Because } from "../decode-body.ts"
import {
  badQuery,
  ItemPage,
  ItemView,
  ReleasedMany,
  ReleasedOne,
  manyFields,
  unreadableContent
} from "../events/schemas.ts"
import { BodyOptional, JsonBody } from "../json-body.ts"
import { rangeQuery } from "../page.ts"
import { problemOf } from "../schemas.ts"

export const ReleaseMany = Schema.Struct({ filter: ItemFilter, ...manyFields })

export class QuarantineGroup extends HttpApiGroup.make("quarantine")
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
      error: [problemOf(404, "No such item"), unreadableContent]
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
        unreadableContent
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
