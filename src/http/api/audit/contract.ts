import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { AuditRecord } from "../../../audit/audit-log.ts"
import { pageQuery } from "../page.ts"
import { nextMember, problemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"

export const AuditPage = Schema.Struct({
  entries: Schema.Array(AuditRecord.annotate({ identifier: "AuditRecord" })).annotate({
    description: "Lists the actions of the page, newest first."
  }),
  next: nextMember
}).annotate({ identifier: "AuditPage", description: "One page of the audit log." })

export class AuditGroup extends HttpApiGroup.make("audit")
  .add(
    HttpApiEndpoint.get("list", "/v1/audit", {
      query: pageQuery,
      success: AuditPage,
      error: [
        problemOf(
          400,
          "`invalid_limit` or `invalid_cursor`: `limit` is not 1 to 200, or `cursor` is not the `next` of a page. Correct it."
        ),
        away
      ]
    })
      .annotate(OpenApi.Summary, "List the actions of operators")
      .annotate(
        OpenApi.Description,
        "Returns the actions of scope `operate`, newest first. The gateway records each action before it performs it. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
  )
  .annotate(OpenApi.Description, "Shows what operators did, by which key and for what reason.")
  .middleware(Auth) {}
