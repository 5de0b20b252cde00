import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { type EventId, isEventId } from "../../../domain/ids.ts"
import { webhookIdOfReplay } from "../../../inbound/runtime/runtime.ts"
import { EventRecords, parsePlace } from "../../../inbound/event-log/event-admin.ts"
import { eventSummary, eventView } from "../../../inbound/operate/views.ts"
import { notifyAll, replayMany } from "../../../inbound/operate/bulk.ts"
import type { InboundNotifications } from "../../../inbound/notifications.ts"
import type { Log } from "../../../log/log.ts"
import type { AuditLog } from "../../../audit/audit-log.ts"
import type { Deployment } from "../../../deployment/deployment.ts"
import { Sealer } from "../../../secrets/sealer.ts"
import { Api } from "../api.ts"
import { apiProblem, isOutcomeUnknown, notFound, orNotFound, outcomeUnknown, withStoreProblems } from "../problems.ts"
import * as Subject from "../operate.ts"
import { auditReason } from "../decode-body.ts"
import { operate } from "../operate.ts"
import { checkCursor, rangeOf } from "../page.ts"

const isCursor = (cursor: string) => parsePlace(cursor) !== undefined

const notDelivered = {
  pending: apiProblem({
    status: 409,
    code: "pending",
    title: "The event is not delivered yet; the gateway delivers it without a replay"
  }),
  dead_lettered: apiProblem({ status: 409, code: "dead_lettered", title: "The event is a dead letter; redrive it" }),
  absent: notFound("event")
}

export const layer = HttpApiBuilder.group(
  Api,
  "events",
  Effect.fnUntraced(function* (handlers) {
    const records = yield* EventRecords
    const sealer = yield* Sealer
    const subjectOf = yield* Subject.ofFilter
    const context = yield* Effect.context<AuditLog | Log | EventRecords | InboundNotifications | Deployment>()

    /** Counts the replays after an unknown outcome: repeating the call could replay the event twice. */
    const replayedMeanwhile = Effect.fnUntraced(function* (eventId: EventId, replays: number) {
      const now = yield* Effect.orElseSucceed(records.event(eventId), () => undefined)
      if (now !== undefined && now.replays > replays) return now.replays
      return yield* Effect.fail(outcomeUnknown({ eventId, replays }))
    })

    const replay = Effect.fnUntraced(function* (eventId: EventId) {
      const event = yield* orNotFound("event")(records.event(eventId))
      const { place, replays, state } = event
      if (place === undefined) return yield* Effect.fail(notDelivered[state === "delivered" ? "absent" : state])
      const [answer] = yield* Effect.catchIf(records.replay([place]), isOutcomeUnknown, () =>
        Effect.map(replayedMeanwhile(eventId, replays), (number) => [{ place, replay: number }])
      )
      if (typeof answer?.replay !== "number") return yield* Effect.fail(notDelivered[answer?.replay ?? "absent"])
      yield* notifyAll
      return { eventId, replay: answer.replay, webhookId: webhookIdOfReplay(eventId, answer.replay) }
    })

    return handlers
      .handle("list", ({ query }) =>
        Effect.fromResult(rangeOf(query, isCursor)).pipe(
          Effect.flatMap(records.events),
          Effect.map(({ entries, ...page }) => ({ events: entries.map(eventSummary), ...page })),
          withStoreProblems
        )
      )
      .handle("get", ({ params }) =>
        records.event(params.eventId).pipe(
          orNotFound("event"),
          Effect.flatMap((event) => eventView(sealer, event)),
          withStoreProblems
        )
      )
      .handle("replay", ({ params: { eventId }, payload }) => {
        if (!isEventId(eventId)) return Effect.fail(notDelivered.absent)
        const action = { action: "event.replay", subject: Subject.ofId(eventId), ...auditReason(payload) }
        return operate(action, replay(eventId)).pipe(withStoreProblems, Effect.provideContext(context))
      })
      .handle("replayMany", ({ payload }) => {
        const action = { action: "events.replay", subject: subjectOf(payload.filter), ...auditReason(payload) }
        return checkCursor(payload.cursor, isCursor).pipe(
          Effect.andThen(operate(action, replayMany(payload))),
          withStoreProblems,
          Effect.provideContext(context)
        )
      })
  })
)
