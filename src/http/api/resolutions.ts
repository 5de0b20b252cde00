import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { ResolutionRequest, ResolutionResult, ResolutionsRequest } from "../../outbound/resolutions.ts"
import { IntentView, problemOf } from "../schemas.ts"
import { Auth, away, forbidden } from "./bearer.ts"

export const ResolutionsPage = Schema.Struct({
  intents: Schema.Array(ResolutionResult),
  next: Schema.optionalKey(Schema.String.annotate({ description: "Pass as `cursor` to go on" }))
}).annotate({ identifier: "Resolutions" })

export class Resolutions extends HttpApiGroup.make("resolutions")
  .add(
    HttpApiEndpoint.post("one", "/v1/intents/:intentId/resolution", {
      params: { intentId: Schema.String },
      payload: ResolutionRequest,
      success: IntentView,
      error: [
        forbidden,
        problemOf(404, "No such intent"),
        problemOf(409, "It is neither in doubt nor disputed, or a call may still be under way"),
        problemOf(410, "Only its tombstone is left"),
        problemOf(422, "The request is wrong"),
        away
      ]
    }).annotate(OpenApi.Summary, "A person's verdict on a doubt"),
    HttpApiEndpoint.post("many", "/v1/resolutions", {
      payload: ResolutionsRequest,
      success: ResolutionsPage,
      error: [forbidden, problemOf(400, "A cursor that is none"), problemOf(422, "The request is wrong"), away]
    }).annotate(OpenApi.Summary, "The same verdict on every doubt that fits, a page at a time")
  )
  .middleware(Auth) {}
