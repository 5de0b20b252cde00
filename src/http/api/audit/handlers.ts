import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { AuditLog, isAuditCursor } from "../../../audit/audit-log.ts"
import { Api } from "../api.ts"
import { pageOf } from "../page.ts"
import { withStoreProblems } from "../problems.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "audit",
  Effect.fnUntraced(function* (handlers) {
    const audit = yield* AuditLog
    return handlers.handle("list", ({ query }) =>
      Effect.fromResult(pageOf(query, isAuditCursor)).pipe(Effect.flatMap(audit.list), withStoreProblems)
    )
  })
)
