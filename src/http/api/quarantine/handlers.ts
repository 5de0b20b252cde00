import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { Channels } from "../../../connector/channel.ts"
import { QuarantineId } from "../../../domain/ids.ts"
import type { Admit } from "../../../inbound/admit/admit.ts"
import { EventRecords, parseCollectionCursor } from "../../../inbound/event-log/event-admin.ts"
import { itemSummary, itemView } from "../../../inbound/operate/views.ts"
import { releaseQuarantined } from "../../../inbound/operate/release.ts"
import { releaseMany } from "../../../inbound/operate/bulk.ts"
import type { Log } from "../../../log/log.ts"
import type { AuditLog } from "../../../audit/audit-log.ts"
import { Sealer } from "../../../secrets/sealer.ts"
import { Api } from "../api.ts"
import { apiProblem, notFound, orNotFound, withStoreProblems } from "../problems.ts"
import * as Subject from "../operate.ts"
import { auditReason } from "../decode-body.ts"
import { operate } from "../operate.ts"
import { checkCursor, rangeOf } from "../page.ts"

const isCursor = (cursor: string) => parseCollectionCursor(cursor) !== undefined
const isId = Schema.is(QuarantineId)

const stays = (reason: string) =>
  apiProblem({
    status: 409,
    code: "stays_quarantined",
    title: "The item cannot be admitted and stays in quarantine; reason says why",
    extra: { reason }
  })

const releaseOne = (id: QuarantineId) =>
  releaseQuarantined(id).pipe(
    orNotFound("item"),
    Effect.flatMap((answer) => {
      if (answer._tag === "StaysQuarantined") return Effect.fail(stays(answer.reason))
      const { events, admitted, deduped } = answer
      return Effect.succeed({ id, eventIds: events, admitted, deduped })
    })
  )

export const layer = HttpApiBuilder.group(
  Api,
  "quarantine",
  Effect.fnUntraced(function* (handlers) {
    const records = yield* EventRecords
    const sealer = yield* Sealer
    const subjectOf = yield* Subject.ofFilter
    const context = yield* Effect.context<AuditLog | Log | EventRecords | Channels | Sealer | Admit>()

    return handlers
      .handle("list", ({ query }) =>
        Effect.fromResult(rangeOf(query, isCursor)).pipe(
          Effect.flatMap(records.quarantine),
          Effect.map(({ entries, ...page }) => ({ items: entries.map(itemSummary), ...page })),
          withStoreProblems
        )
      )
      .handle("get", ({ params }) =>
        records.quarantined(params.id).pipe(
          orNotFound("item"),
          Effect.flatMap((item) => itemView(sealer, item)),
          withStoreProblems
        )
      )
      .handle("release", ({ params: { id }, payload }) => {
        if (!isId(id)) return Effect.fail(notFound("item"))
        const action = { action: "quarantine.release", subject: Subject.ofId(id), ...auditReason(payload) }
        return operate(action, releaseOne(id)).pipe(withStoreProblems, Effect.provideContext(context))
      })
      .handle("releaseMany", ({ payload }) => {
        const action = { action: "quarantine.release", subject: subjectOf(payload.filter), ...auditReason(payload) }
        return checkCursor(payload.cursor, isCursor).pipe(
          Effect.andThen(operate(action, releaseMany(payload))),
          withStoreProblems,
          Effect.provideContext(context)
        )
      })
  })
)
