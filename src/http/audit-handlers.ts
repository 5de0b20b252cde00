import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { AuditLog, isAuditCursor } from "../partition/audit-log.ts"
import { Api } from "./api.ts"
import { withScope } from "./auth.ts"
import { storeAway } from "./operate.ts"
import { pageOf } from "./page.ts"
import { json } from "./plain-response.ts"
import { respond } from "./respond.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "audit",
  Effect.fnUntraced(function* (handlers) {
    const audit = yield* AuditLog
    return handlers.handleRaw("list", ({ query }) =>
      withScope(
        "operate",
        Effect.suspend(() => {
          const page = pageOf(query, isAuditCursor)
          if (Result.isFailure(page)) return Effect.succeed(page.failure)
          return Effect.map(audit.list(page.success), (found) => json(200, found))
        }).pipe(Effect.orElseSucceed(() => storeAway))
      ).pipe(Effect.map(respond))
    )
  })
)
