import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { isEventId } from "../domain/ids.ts"
import { webhookIdOfReplay } from "../inbound/event-body.ts"
import { EventRecords, placeOf } from "../inbound/event-records.ts"
import { eventSummary, eventView } from "../inbound/event-views.ts"
import { notifyAll, replayMany } from "../inbound/send-again.ts"
import type { InboundNotifications } from "../inbound/notifications.ts"
import type { Log } from "../log/log.ts"
import type { AuditLog } from "../partition/audit-log.ts"
import type { Deployment } from "../partition/deployment.ts"
import { Sealer } from "../secrets/sealer.ts"
import { Api } from "./api.ts"
import { ReplayMany } from "./api/events.ts"
import { withScope } from "./auth.ts"
import { asked, Because, because } from "./asked.ts"
import { answered, goesOn, listed, shown, unknown } from "./looking.ts"
import * as Subject from "./audit-subject.ts"
import { isOutcomeUnknown, operate, outcomeUnknown } from "./operate.ts"
import { json, problem } from "./plain-response.ts"
import { respond } from "./respond.ts"

const isCursor = (cursor: string) => placeOf(cursor) !== undefined

const notYet = {
  pending: problem({ status: 409, code: "pending", title: "It has not been delivered yet, and will be by itself" }),
  dead_lettered: problem({ status: 409, code: "dead_lettered", title: "It is a dead letter: redrive it" }),
  absent: unknown("event")
}

export const layer = HttpApiBuilder.group(
  Api,
  "events",
  Effect.fnUntraced(function* (handlers) {
    const records = yield* EventRecords
    const sealer = yield* Sealer
    const subjectOf = yield* Subject.ofFilter
    const context = yield* Effect.context<AuditLog | Log | EventRecords | InboundNotifications | Deployment>()

    /** A replay is no action that may be repeated blindly: each has an id of its own. So the count of replays tells. */
    const replayedMeanwhile = Effect.fnUntraced(function* (eventId: string, replays: number) {
      const now = yield* Effect.orElseSucceed(records.event(eventId), () => undefined)
      if (now !== undefined && now.replays > replays) return now.replays
      return yield* Effect.fail(outcomeUnknown({ eventId, replays }))
    })

    const replayed = Effect.fnUntraced(function* (eventId: string) {
      const event = yield* records.event(eventId)
      if (event === undefined) return notYet.absent
      if (event.place === undefined) return notYet[event.standing === "delivered" ? "absent" : event.standing]
      const { place, replays } = event
      const [answer] = yield* Effect.catchIf(records.replay([place]), isOutcomeUnknown, () =>
        Effect.map(replayedMeanwhile(eventId, replays), (replay) => [{ place, replay }])
      )
      if (typeof answer?.replay !== "number") return notYet[answer?.replay ?? "absent"]
      yield* notifyAll
      return json(200, { eventId, replay: answer.replay, webhookId: webhookIdOfReplay(eventId, answer.replay) })
    })

    return handlers
      .handleRaw("list", ({ query }) =>
        listed(query, isCursor, records.events, ({ entries, next }) => ({
          events: entries.map(eventSummary),
          next
        })).pipe(Effect.map(respond))
      )
      .handleRaw("get", ({ params }) =>
        shown("event", records.event(params.eventId), (event) => eventView(sealer, event)).pipe(
          answered,
          Effect.map(respond)
        )
      )
      .handleRaw("replay", ({ params: { eventId }, request }) =>
        withScope(
          "operate",
          Effect.gen(function* () {
            if (!isEventId(eventId)) return unknown("event")
            const reason = because(yield* asked(request, Because))
            return yield* operate(
              { action: "event.replay", subject: Subject.ofId(eventId), ...reason },
              replayed(eventId)
            )
          })
        ).pipe(answered, Effect.map(respond), Effect.provideContext(context))
      )
      .handleRaw("replayMany", ({ request }) =>
        withScope(
          "operate",
          Effect.gen(function* () {
            const wanted = yield* asked(request, ReplayMany)
            yield* goesOn(wanted.cursor, isCursor)
            const action = { action: "events.replay", subject: subjectOf(wanted.filter), ...because(wanted) }
            return yield* operate(
              action,
              Effect.map(replayMany(wanted), (done) => json(200, done))
            )
          })
        ).pipe(answered, Effect.map(respond), Effect.provideContext(context))
      )
  })
)
