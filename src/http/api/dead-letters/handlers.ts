import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { isEventId } from "../../../domain/ids.ts"
import { EventRecords, parseCollectionCursor } from "../../../inbound/event-log/event-admin.ts"
import { letterSummary, letterView } from "../../../inbound/operate/views.ts"
import { notifyAll, redriveMany } from "../../../inbound/operate/bulk.ts"
import type { InboundNotifications } from "../../../inbound/notifications.ts"
import type { Log } from "../../../log/log.ts"
import type { AuditLog } from "../../../audit/audit-log.ts"
import type { Deployment } from "../../../deployment/deployment.ts"
import { Sealer } from "../../../secrets/sealer.ts"
import { Api } from "../api.ts"
import * as Subject from "../operate.ts"
import { auditReason } from "../decode-body.ts"
import { operate } from "../operate.ts"
import { checkCursor, rangeOf } from "../page.ts"
import { notFound, orNotFound, withStoreProblems } from "../problems.ts"

const isCursor = (cursor: string) => parseCollectionCursor(cursor) !== undefined
/** Returns the id of a dead letter. Also accepts the webhook id of a replay, which has `_r` in place of `.r`. */
const letterOf = (id: string): string => id.replace(/_r(\d{1,15})$/, ".r$1")
const isId = (id: string): id is Subject.LetterId => /^evt_[0-9a-f]{32}(\.r\d{1,15})?$/.test(id)
const unknown = notFound("dead letter")

export const layer = HttpApiBuilder.group(
  Api,
  "deadLetters",
  Effect.fnUntraced(function* (handlers) {
    const records = yield* EventRecords
    const sealer = yield* Sealer
    const subjectOf = yield* Subject.ofFilter
    const context = yield* Effect.context<AuditLog | Log | EventRecords | InboundNotifications | Deployment>()

    const redrive = Effect.fnUntraced(function* (id: Subject.LetterId) {
      const [done] = yield* records.redrive([id])
      const [eventId] = id.split(".")
      if (done === undefined || eventId === undefined || !isEventId(eventId)) return yield* unknown
      yield* notifyAll
      return { id, eventId }
    })

    return handlers
      .handle("list", ({ query }) =>
        Effect.fromResult(rangeOf(query, isCursor)).pipe(
          Effect.flatMap(records.deadLetters),
          Effect.map(({ entries, ...page }) => ({ deadLetters: entries.map(letterSummary), ...page })),
          withStoreProblems
        )
      )
      .handle("get", ({ params }) =>
        records.deadLetter(letterOf(params.id)).pipe(
          orNotFound("dead letter"),
          Effect.flatMap((letter) => letterView(sealer, letter)),
          withStoreProblems
        )
      )
      .handle("redrive", ({ params, payload }) => {
        const id = letterOf(params.id)
        if (!isId(id)) return Effect.fail(unknown)
        const action = { action: "event.redrive", subject: Subject.ofId(id), ...auditReason(payload) }
        return operate(action, redrive(id)).pipe(withStoreProblems, Effect.provideContext(context))
      })
      .handle("redriveMany", ({ payload }) => {
        const action = { action: "events.redrive", subject: subjectOf(payload.filter), ...auditReason(payload) }
        return checkCursor(payload.cursor, isCursor).pipe(
          Effect.andThen(operate(action, redriveMany(payload))),
          withStoreProblems,
          Effect.provideContext(context)
        )
      })
  })
)
