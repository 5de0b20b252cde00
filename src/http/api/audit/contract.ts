import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { AuditRecord } from "../../../audit/audit-log.ts"
import { problemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"

export const AuditPage = Schema.Struct({
  entries: Schema.Array(AuditRecord.annotate({ identifier: "AuditRecord" })),
  next: Schema.optionalKey(Schema.String.annotate({ description: "Pass as `cursor` to go on" }))
}).annotate({ identifier: "AuditPage" })

export class AuditGroup extends HttpApiGroup.make("audit")
  .add(
    HttpApiEndpoint.get("list", "/v1/audit", {
      query: { limit: Schema.optionalKey(Schema.String), cursor: Schema.optionalKey(Schema.String) },
      success: AuditPage,
      error: [problemOf(400, "A limit or cursor that is none"), away]
    })
      .annotate(OpenApi.Summary, "What operators did, newest first")
      .annotate(RequiredScope, "operate")
  )
  .middleware(Auth) {}
