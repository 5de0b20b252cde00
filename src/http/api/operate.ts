import * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"
import { Log } from "../../log/log.ts"
import { AuditLog } from "../../audit/audit-log.ts"
import type { ApiProblem } from "./api-problem.ts"
import { CurrentClient } from "../auth/api-keys.ts"
import type { AuditSubject } from "./audit-subject.ts"
import { isOutcomeUnknown, outcomeUnknown, storeAway } from "./problems.ts"

export interface Action {
  /** `event.redrive`, as in the audit log. */
  readonly action: string
  readonly subject: AuditSubject
  /** The operator's own words. */
  readonly reason?: string
}

/**
 * Writes an action of an operator to the audit log, then performs it; an action that cannot be written is not performed. Fails
 * with `outcome_unknown` when the store does not report whether it was done; the same request again is safe.
 */
export const operate = <A, E, R>(
  action: Action,
  perform: Effect.Effect<A, E | InfraError, R>
): Effect.Effect<A, E | InfraError | ApiProblem<503>, R | CurrentClient | AuditLog | Log> =>
  Effect.gen(function* () {
    const { id } = yield* CurrentClient
    const audit = yield* AuditLog
    const log = yield* Log
    yield* Effect.mapError(audit.append({ by: id, ...action }), () => storeAway)
    log.write("info", "operator.acted", { client: id, action: action.action })
    return yield* Effect.mapError(perform, (failed) => (isOutcomeUnknown(failed) ? outcomeUnknown() : failed))
  })
