import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { IntentId } from "../domain/ids.ts"
import type { IntentRecord, Verdict } from "../domain/intent.ts"
import { IntentLedger, type ResolveAnswer, positionOf } from "../outbound/intent-ledger.ts"
import { resolveMany, ResolutionRequest, ResolutionsRequest } from "../outbound/resolutions.ts"
import type { Log } from "../log/log.ts"
import type { AuditLog } from "../partition/audit-log.ts"
import { Api } from "./api.ts"
import { withScope } from "./auth.ts"
import { bodyAs } from "./body.ts"
import * as Subject from "./audit-subject.ts"
import { hidden } from "./explained.ts"
import { operate, storeAway } from "./operate.ts"
import { badCursor } from "./page.ts"
import { json, type PlainResponse, problem, retryAfter } from "./plain-response.ts"
import { respond } from "./respond.ts"

const intentIdOf = Schema.decodeUnknownOption(IntentId)

const unknownIntent = problem({ status: 404, code: "not_found", title: "No such intent" })
const expired = problem({ status: 410, code: "expired", title: "Only the tombstone of this intent is left" })

/** The verdict was given before, by this request or by one like it: so a request whose answer was lost may be repeated. */
const isGiven = ({ timeline }: IntentRecord, verdict: Verdict): boolean =>
  timeline.at(-1)?.what === `resolved:${verdict}`

const answerOf = (answer: ResolveAnswer | "expired" | undefined, verdict: Verdict): PlainResponse => {
  if (answer === undefined) return unknownIntent
  if (answer === "expired") return expired
  const { intentId, state } = answer.record
  if (answer._tag === "NotOpen" && isGiven(answer.record, verdict)) return json(200, answer.record)
  switch (answer._tag) {
    case "Resolved":
      return json(200, hidden(answer.record))
    case "NotOpen":
      return problem({
        status: 409,
        code: "not_open",
        title: "It is neither in doubt nor disputed",
        extra: { intentId, state }
      })
    case "TooEarly":
      return problem({
        status: 409,
        code: "too_early",
        title: "A call may still be under way, so nobody can know that nothing was sent",
        extra: { intentId, state },
        headers: retryAfter(answer.until - answer.now)
      })
  }
}

export const layer = HttpApiBuilder.group(
  Api,
  "resolutions",
  Effect.fnUntraced(function* (handlers) {
    const ledger = yield* IntentLedger
    const subjectOf = yield* Subject.ofFilter
    const context = yield* Effect.context<AuditLog | Log>()
    const answered = <E, R>(response: Effect.Effect<PlainResponse, PlainResponse | E, R>) =>
      response.pipe(
        Effect.catch((failed) => Effect.succeed(isResponse(failed) ? failed : storeAway)),
        Effect.map(respond),
        Effect.provideContext(context)
      )
    return handlers
      .handleRaw("one", ({ params, request }) =>
        withScope(
          "operate",
          Effect.gen(function* () {
            const intentId = Option.getOrUndefined(intentIdOf(params.intentId))
            if (intentId === undefined) return unknownIntent
            const { verdict, reason } = yield* bodyAs(request, ResolutionRequest)
            const action = { action: "intent.resolve", subject: Subject.ofId(intentId, verdict), reason }
            return yield* operate(
              action,
              Effect.map(ledger.resolve({ intentId, verdict }), (answer) => answerOf(answer, verdict))
            )
          })
        ).pipe(answered)
      )
      .handleRaw("many", ({ request }) =>
        withScope(
          "operate",
          Effect.gen(function* () {
            const wanted = yield* bodyAs(request, ResolutionsRequest)
            if (wanted.cursor !== undefined && positionOf(wanted.cursor) === undefined) return badCursor
            const page = Effect.map(resolveMany(wanted), (found) => json(200, found)).pipe(
              Effect.provideService(IntentLedger, ledger)
            )
            if (wanted.dryRun === true) return yield* page
            const { verdict, reason, filter } = wanted
            const subject = subjectOf(filter, verdict)
            return yield* operate({ action: "intents.resolve", subject, reason }, page)
          })
        ).pipe(answered)
      )
  })
)

const isResponse = (failed: unknown): failed is PlainResponse =>
  typeof failed === "object" && failed !== null && "status" in failed && "body" in failed && "headers" in failed
