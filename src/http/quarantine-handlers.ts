import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { Channels } from "../connector/channels.ts"
import { QuarantineId } from "../domain/ids.ts"
import type { Admit } from "../inbound/admit.ts"
import { EventRecords, shelfPlaceOf } from "../inbound/event-records.ts"
import { itemSummary, itemView } from "../inbound/event-views.ts"
import { release } from "../inbound/release.ts"
import { releaseMany } from "../inbound/send-again.ts"
import type { Log } from "../log/log.ts"
import type { AuditLog } from "../partition/audit-log.ts"
import { Sealer } from "../secrets/sealer.ts"
import { Api } from "./api.ts"
import { ReleaseMany } from "./api/events.ts"
import { withScope } from "./auth.ts"
import { asked, Because, because } from "./asked.ts"
import { answered, goesOn, listed, shown, unknown } from "./looking.ts"
import * as Subject from "./audit-subject.ts"
import { operate } from "./operate.ts"
import { json, problem } from "./plain-response.ts"
import { respond } from "./respond.ts"

const isCursor = (cursor: string) => shelfPlaceOf(cursor) !== undefined
const idOf = Schema.decodeUnknownOption(QuarantineId)

const stays = (because: string) =>
  problem({ status: 409, code: "stays_quarantined", title: "It stays in quarantine", extra: { reason: because } })

const released = (id: QuarantineId) =>
  Effect.map(release(id), (answer) => {
    if (answer === undefined) return unknown("item")
    if (answer._tag === "Stays") return stays(answer.reason)
    const { events, admitted, deduped } = answer
    return json(200, { id, eventIds: events, admitted, deduped })
  })

export const layer = HttpApiBuilder.group(
  Api,
  "quarantine",
  Effect.fnUntraced(function* (handlers) {
    const records = yield* EventRecords
    const sealer = yield* Sealer
    const subjectOf = yield* Subject.ofFilter
    const context = yield* Effect.context<AuditLog | Log | EventRecords | Channels | Sealer | Admit>()

    return handlers
      .handleRaw("list", ({ query }) =>
        listed(query, isCursor, records.quarantine, ({ entries, next }) => ({
          items: entries.map(itemSummary),
          next
        })).pipe(Effect.map(respond))
      )
      .handleRaw("get", ({ params }) =>
        shown("item", records.quarantined(params.id), (item) => itemView(sealer, item)).pipe(
          answered,
          Effect.map(respond)
        )
      )
      .handleRaw("release", ({ params, request }) =>
        withScope(
          "operate",
          Effect.gen(function* () {
            const id = Option.getOrUndefined(idOf(params.id))
            if (id === undefined) return unknown("item")
            const reason = because(yield* asked(request, Because))
            return yield* operate({ action: "quarantine.release", subject: Subject.ofId(id), ...reason }, released(id))
          })
        ).pipe(answered, Effect.map(respond), Effect.provideContext(context))
      )
      .handleRaw("releaseMany", ({ request }) =>
        withScope(
          "operate",
          Effect.gen(function* () {
            const wanted = yield* asked(request, ReleaseMany)
            yield* goesOn(wanted.cursor, isCursor)
            const action = { action: "quarantine.release", subject: subjectOf(wanted.filter), ...because(wanted) }
            return yield* operate(
              action,
              Effect.map(releaseMany(wanted), (done) => json(200, done))
            )
          })
        ).pipe(answered, Effect.map(respond), Effect.provideContext(context))
      )
  })
)
