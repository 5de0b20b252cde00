import * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"
import { Log } from "../../log/log.ts"
import { AuditLog } from "../../audit/audit-log.ts"
import type { ApiProblem } from "./api-problem.ts"
import { CurrentClient } from "../auth/api-keys.ts"
import type { AuditSubject } from "./audit-subject.ts"
import { isOutcomeUnknown, outcomeUnknown, storeAway } from "./problems.ts"

export interface Action {
  /** The action's name in the audit log, such as `event.redrive`. */
  readonly action: string
  readonly subject: AuditSubject
  /** The reason, in the operator's own words. */
  readonly reason?: string
}

/**
 * Writes an operator's action to the audit log, then performs it. When the write fails, the action is not performed. Fails with
 * `outcome_unknown` when the store does not confirm the action; the operator may safely repeat the request.
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
