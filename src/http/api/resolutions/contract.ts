import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { ResolutionRequest, ResolutionResult, ResolutionsRequest } from "../../../outbound/doubt/resolve.ts"
import { IntentView, nextMember, problemOf, retryProblemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { JsonBody } from "../json-body.ts"

export const ResolutionsPage = Schema.Struct({
  intents: Schema.Array(ResolutionResult).annotate({
    description: "Lists the matching intents of the page, newest first."
  }),
  next: nextMember
}).annotate({ identifier: "Resolutions", description: "Results for one page of intents." })

export class ResolutionsGroup extends HttpApiGroup.make("resolutions")
  .add(
    HttpApiEndpoint.post("one", "/v1/intents/:intentId/resolution", {
      params: {
        intentId: Schema.String.annotate({ description: "Identifies the intent: `int_` and 32 hex digits." })
      },
      payload: ResolutionRequest,
      success: IntentView,
      error: [
        problemOf(404, "`not_found`: the intent does not exist. Check the id."),
        retryProblemOf(
          409,
          "`not_open`: the intent is neither in doubt nor disputed, so no verdict is needed. `too_early`: a call may still be under way; send `not_sent` again after `Retry-After`."
        ),
        problemOf(410, "`expired`: the intent's retention is over, and only its tombstone is left."),
        away
      ]
    })
      .annotate(OpenApi.Summary, "Resolve one intent in doubt")
      .annotate(
        OpenApi.Description,
        "Records an operator's verdict on an intent that is `in_doubt` or `disputed`, and sends nothing. After `not_sent` of a doubt, the same key makes a new attempt. Later evidence that contradicts the verdict makes the intent `disputed`. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody),
    HttpApiEndpoint.post("many", "/v1/resolutions", {
      payload: ResolutionsRequest,
      success: ResolutionsPage,
      error: [
        problemOf(
          400,
          "`invalid_cursor`: `cursor` is not the `next` of a page. Correct it, or omit it to start again."
        ),
        away
      ]
    })
      .annotate(OpenApi.Summary, "Resolve the intents that match")
      .annotate(
        OpenApi.Description,
        "Records the same verdict on every matching intent of one page, newest first. Each verdict is about the attempt that was read. To continue, send `next` as `cursor`. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
  )
  .annotate(OpenApi.Description, "Records verdicts of operators on intents in doubt.")
  .middleware(Auth) {}
