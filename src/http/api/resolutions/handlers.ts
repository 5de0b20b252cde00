import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { IntentId } from "../../../domain/ids.ts"
import type { IntentRecord, Verdict } from "../../../domain/intent.ts"
import { IntentLedger, type ResolveAnswer, positionOf } from "../../../outbound/ledger/intent-ledger.ts"
import { resolveMany } from "../../../outbound/doubt/resolve.ts"
import type { Log } from "../../../log/log.ts"
import type { AuditLog } from "../../../audit/audit-log.ts"
import { Api } from "../api.ts"
import { expiredIntent, failWith, unknownIntent, withStoreProblems } from "../problems.ts"
import * as Subject from "../operate.ts"
import { hidden } from "../../server/explained.ts"
import { operate } from "../operate.ts"
import { checkCursor } from "../page.ts"
import { retryAfter } from "../../server/response.ts"

const isIntentId = Schema.is(IntentId)

/** Returns true when the same verdict is the latest entry, so that an operator may repeat a request without a response. */
const isGiven = ({ timeline }: IntentRecord, verdict: Verdict): boolean =>
  timeline.at(-1)?.what === `resolved:${verdict}`

const resolvedRecord = Effect.fnUntraced(function* (answer: ResolveAnswer | "expired" | undefined, verdict: Verdict) {
  if (answer === undefined) return yield* Effect.fail(unknownIntent)
  if (answer === "expired") return yield* Effect.fail(expiredIntent)
  const { intentId, state } = answer.record
  if (answer._tag === "TooEarly") {
    return yield* failWith({
      status: 409,
      code: "too_early",
      title: "A call may still be under way; send the verdict again after Retry-After",
      extra: { intentId, state },
      headers: retryAfter(answer.until - answer.now)
    })
  }
  if (answer._tag === "Resolved" || isGiven(answer.record, verdict)) return hidden(answer.record)
  return yield* failWith({
    status: 409,
    code: "not_open",
    title: "The intent is neither in doubt nor disputed, so it needs no verdict",
    extra: { intentId, state }
  })
})

export const layer = HttpApiBuilder.group(
  Api,
  "resolutions",
  Effect.fnUntraced(function* (handlers) {
    const ledger = yield* IntentLedger
    const subjectOf = yield* Subject.ofFilter
    const context = yield* Effect.context<AuditLog | Log>()
    return handlers
      .handle("one", ({ params: { intentId }, payload: { verdict, reason } }) => {
        if (!isIntentId(intentId)) return Effect.fail(unknownIntent)
        const action = { action: "intent.resolve", subject: Subject.ofId(intentId, verdict), reason }
        const verdictOn = Effect.flatMap(ledger.resolve({ intentId, verdict }), (answer) =>
          resolvedRecord(answer, verdict)
        )
        return operate(action, verdictOn).pipe(withStoreProblems, Effect.provideContext(context))
      })
      .handle("many", ({ payload }) => {
        const { verdict, reason, filter, cursor, dryRun } = payload
        const page = resolveMany(payload).pipe(Effect.provideService(IntentLedger, ledger))
        const action = { action: "intents.resolve", subject: subjectOf(filter, verdict), reason }
        return checkCursor(cursor, (text) => positionOf(text) !== undefined).pipe(
          Effect.andThen(dryRun === true ? page : operate(action, page)),
          withStoreProblems,
          Effect.provideContext(context)
        )
      })
  })
)
