import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { ResolutionRequest, ResolutionResult, ResolutionsRequest } from "../../../outbound/doubt/resolve.ts"
import { IntentView, problemOf, retryProblemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { JsonBody } from "../json-body.ts"

export const ResolutionsPage = Schema.Struct({
  intents: Schema.Array(ResolutionResult),
  next: Schema.optionalKey(Schema.String.annotate({ description: "Pass as `cursor` to go on" }))
}).annotate({ identifier: "Resolutions" })

export class ResolutionsGroup extends HttpApiGroup.make("resolutions")
  .add(
    HttpApiEndpoint.post("one", "/v1/intents/:intentId/resolution", {
      params: { intentId: Schema.String },
      payload: ResolutionRequest,
      success: IntentView,
      error: [
        problemOf(404, "No such intent"),
        retryProblemOf(409, "It is neither in doubt nor disputed, or a call may still be under way"),
        problemOf(410, "Only its tombstone is left"),

        away
      ]
    })
      .annotate(OpenApi.Summary, "A person's verdict on a doubt")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody),
    HttpApiEndpoint.post("many", "/v1/resolutions", {
      payload: ResolutionsRequest,
      success: ResolutionsPage,
      error: [problemOf(400, "A cursor that is none"), away]
    })
      .annotate(OpenApi.Summary, "The same verdict on every doubt that fits, a page at a time")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
  )
  .middleware(Auth) {}
