import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { EventRecords, shelfPlaceOf } from "../inbound/event-records.ts"
import { letterSummary, letterView } from "../inbound/event-views.ts"
import { notifyAll, redriveMany } from "../inbound/send-again.ts"
import type { InboundNotifications } from "../inbound/notifications.ts"
import type { Log } from "../log/log.ts"
import type { AuditLog } from "../partition/audit-log.ts"
import type { Deployment } from "../partition/deployment.ts"
import { Sealer } from "../secrets/sealer.ts"
import { Api } from "./api.ts"
import { RedriveMany } from "./api/events.ts"
import { withScope } from "./auth.ts"
import { asked, Because, because } from "./asked.ts"
import { answered, goesOn, listed, shown, unknown } from "./looking.ts"
import * as Subject from "./audit-subject.ts"
import { operate } from "./operate.ts"
import { json } from "./plain-response.ts"
import { respond } from "./respond.ts"

const isCursor = (cursor: string) => shelfPlaceOf(cursor) !== undefined
/** Returns the id of a dead letter for the webhook id of a replay too: `_r` where the store has `.r`. */
const letterOf = (id: string): string => id.replace(/_r(\d{1,15})$/, ".r$1")
const isId = (id: string): id is Subject.LetterId => /^evt_[0-9a-f]{32}(\.r\d{1,15})?$/.test(id)

export const layer = HttpApiBuilder.group(
  Api,
  "deadLetters",
  Effect.fnUntraced(function* (handlers) {
    const records = yield* EventRecords
    const sealer = yield* Sealer
    const subjectOf = yield* Subject.ofFilter
    const context = yield* Effect.context<AuditLog | Log | EventRecords | InboundNotifications | Deployment>()

    const redriven = Effect.fnUntraced(function* (id: string) {
      const [done] = yield* records.redrive([id])
      if (done === undefined) return unknown("dead letter")
      yield* notifyAll
      return json(200, { id, eventId: id.split(".")[0] })
    })

    return handlers
      .handleRaw("list", ({ query }) =>
        listed(query, isCursor, records.deadLetters, ({ entries, next }) => ({
          deadLetters: entries.map(letterSummary),
          next
        })).pipe(Effect.map(respond))
      )
      .handleRaw("get", ({ params }) =>
        shown("dead letter", records.deadLetter(letterOf(params.id)), (letter) => letterView(sealer, letter)).pipe(
          answered,
          Effect.map(respond)
        )
      )
      .handleRaw("redrive", ({ params, request }) =>
        withScope(
          "operate",
          Effect.gen(function* () {
            const id = letterOf(params.id)
            if (!isId(id)) return unknown("dead letter")
            const reason = because(yield* asked(request, Because))
            return yield* operate({ action: "event.redrive", subject: Subject.ofId(id), ...reason }, redriven(id))
          })
        ).pipe(answered, Effect.map(respond), Effect.provideContext(context))
      )
      .handleRaw("redriveMany", ({ request }) =>
        withScope(
          "operate",
          Effect.gen(function* () {
            const wanted = yield* asked(request, RedriveMany)
            yield* goesOn(wanted.cursor, isCursor)
            const action = { action: "events.redrive", subject: subjectOf(wanted.filter), ...because(wanted) }
            return yield* operate(
              action,
              Effect.map(redriveMany(wanted), (done) => json(200, done))
            )
          })
        ).pipe(answered, Effect.map(respond), Effect.provideContext(context))
      )
  })
)
