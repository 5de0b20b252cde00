import * as Effect from "effect/Effect"
import { InfraError } from "../domain/failure.ts"
import { Log } from "../log/log.ts"
import { AuditLog } from "../partition/audit-log.ts"
import { CurrentClient } from "./api-keys.ts"
import type { AuditSubject } from "./audit-subject.ts"
import { withScope } from "./auth.ts"
import { type PlainResponse, problem, retryAfter } from "./plain-response.ts"

export const storeAway = problem({
  status: 503,
  code: "store_unavailable",
  title: "The store does not answer",
  headers: retryAfter(1_000)
})

/**
 * The store did not say whether an action was done, which is neither done nor not done. `extra`: by what it can be told later.
 */
export const outcomeUnknown = (extra: Readonly<Record<string, unknown>> = {}): PlainResponse =>
  problem({
    status: 503,
    code: "outcome_unknown",
    title: "The store did not say whether it was done",
    extra,
    headers: retryAfter(1_000)
  })

export const isOutcomeUnknown = (failed: unknown): failed is InfraError =>
  failed instanceof InfraError && failed.certainty === "unknown"

export interface Action {
  /** `event.redrive`, as in the audit log. */
  readonly action: string
  readonly subject: AuditSubject
  /** The operator's own words. */
  readonly reason?: string
}

/**
 * What an operator does: of scope `operate`, noted in the audit log before it is done, and not done where it cannot be. Where
 * the store does not say whether it was done, the answer says that, and the same request again is safe.
 */
export const operate = <E, R>(
  action: Action,
  handler: Effect.Effect<PlainResponse, E, R>
): Effect.Effect<PlainResponse, E, R | CurrentClient | AuditLog | Log> =>
  withScope(
    "operate",
    Effect.gen(function* () {
      const { id } = yield* CurrentClient
      const audit = yield* AuditLog
      const log = yield* Log
      const noted = yield* Effect.option(audit.append({ by: id, ...action }))
      if (noted._tag === "None") return storeAway
      log.write("info", "operator.acted", { client: id, action: action.action })
      return yield* Effect.catch(handler, (failed) =>
        isOutcomeUnknown(failed) ? Effect.succeed(outcomeUnknown()) : Effect.fail(failed)
      )
    })
  )
