import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { GateVerdict } from "../../../gate/verdict.ts"
import { Auth, RequiredScope } from "../../auth/contract.ts"
import { problemOf, retryProblemOf } from "../schemas.ts"

const unjudged = retryProblemOf(
  503,
  "`store_unavailable`: the store does not answer. `trust_refused`: the trust file cannot be read or is refused; `detail` says why. Send the request again after `Retry-After`."
)

const Envelope = Schema.String.annotate({
  description: "A DSSE envelope in JSON, signed by the key of the recorder."
}).pipe(HttpApiSchema.asText({ contentType: "application/vnd.dsse.envelope.v1+json" }))

export class GoNoGoGroup extends HttpApiGroup.make("goNoGo")
  .add(
    HttpApiEndpoint.get("judge", "/v1/go-no-go", {
      query: {
        at: Schema.optionalKey(
          Schema.String.annotate({
            description:
              "Judges at this time in place of the present, by the evidence that there is now: milliseconds since the epoch, or ISO 8601."
          })
        )
      },
      success: GateVerdict.annotate({
        identifier: "GateVerdict",
        description: "Result of each row of the checklist, and of all."
      }),
      error: [
        problemOf(400, "`invalid_time`: `at` is no time. Send milliseconds since the epoch, or an ISO 8601 time."),
        problemOf(
          404,
          "`no_verdict`: production judges no evidence; its boot compares the certificate. Ask the gateway of staging."
        ),
        unjudged
      ]
    })
      .annotate(OpenApi.Summary, "Judge the release that runs")
      .annotate(
        OpenApi.Description,
        "Judges every row of the checklist by the recorded evidence: state, cause, evidence, age, until when, and the one act that clears it. In `local` it is a rehearsal, which says `SEEN` and never `GO`. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("exportEvidence", "/v1/go-no-go/export", {
      success: Envelope,
      error: [
        problemOf(
          404,
          "`no_recorder`: this gateway records nothing, so that it has no key to sign with. Set `readiness.recorder` in staging. `no_verdict`: it is the gateway of production."
        ),
        unjudged
      ]
    })
      .annotate(OpenApi.Summary, "Export the evidence for a promotion")
      .annotate(
        OpenApi.Description,
        "Returns everything that the verdict depends on, signed by the recorder: records, channels, fields of the configuration, proven accounts. It holds no secret, no content and no person. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read")
  )
  .annotate(OpenApi.Description, "Says whether the release may go to production, by recorded evidence.")
  .middleware(Auth) {}
