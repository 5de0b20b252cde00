import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Diagnosis } from "../../../explain/diagnosis.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { problemOf } from "../schemas.ts"

export class ExplainGroup extends HttpApiGroup.make("explain")
  .add(
    HttpApiEndpoint.get("explain", "/v1/explain/:id", {
      params: {
        id: Schema.String.annotate({
          description:
            "Identifies an intent (`int_…`), an event (`evt_…`), the dead letter of a replay (`evt_….r1`) or a quarantined item (`qua_…`)."
        })
      },
      success: Diagnosis,
      error: [
        problemOf(
          404,
          "`not_found`: the store knows nothing of the id. It never existed, or even its mark or tombstone is gone. Check the id."
        ),
        away
      ]
    })
      .annotate(OpenApi.Summary, "Explain one intent or event")
      .annotate(
        OpenApi.Description,
        "Answers why it ended so, whether there was a second effect, whether it is tried again, whose fault it is, and what to do now. It holds no person, content or text of a provider. An intent or event whose retention is over is explained as `expired` while its tombstone or mark is kept. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read")
  )
  .annotate(OpenApi.Description, "Explains what happened to one id.")
  .middleware(Auth) {}
