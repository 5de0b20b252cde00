import * as Brand from "effect/Brand"
import * as Effect from "effect/Effect"
import { AuditLog } from "../../audit/audit-log.ts"
import { type Channel, Channels } from "../../connector/channel.ts"
import type { InfraError } from "../../domain/failure.ts"
import type { AccountId, ConnectorId, EventId, IntentId, QuarantineId } from "../../domain/ids.ts"
import type { Verdict } from "../../domain/intent.ts"
import { personHashOf } from "../../identity/derive.ts"
import { Log } from "../../log/log.ts"
import { shownFilter } from "../../outbound/intent/resolve-target.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { CurrentClient } from "../auth/api-keys.ts"
import { type ApiProblem, isOutcomeUnknown, outcomeUnknown, storeAway } from "./problems.ts"

/** The subject of an action in the audit log. Only the functions of this file make one, so it holds no text from outside. */
export type AuditSubject = string & Brand.Brand<"AuditSubject">
const made = Brand.nominal<AuditSubject>()

/** The id of a dead letter: the id of the event; for a replay followed by `.r` and the replay's number. */
export type LetterId = EventId | `${EventId}.r${number}`

export const ofId = (id: LetterId | IntentId | QuarantineId, verdict?: Verdict): AuditSubject =>
  made(verdict === undefined ? id : `${id} ${verdict}`)

export const ofAccount = (connector: ConnectorId, account: AccountId): AuditSubject => made(`${connector}/${account}`)

/** Names a person by a keyed hash (G14). `account` limits the action to the records of that account. */
export const ofPerson = (
  hash: IdHash["Service"],
  channel: Channel,
  account: string | undefined,
  form: string
): AuditSubject => {
  const known = account === undefined ? undefined : channel.accounts.get(account)?.id
  const whose = known === undefined ? channel.id : `${channel.id}/${known}`
  return made(`${whose} ${personHashOf(hash, channel, form)}`)
}

/** Makes the subject of a filter. A keyed hash replaces each name in it that is not configured (G14). */
export const ofFilter = Effect.gen(function* () {
  const channels = yield* Channels
  const hash = yield* IdHash
  return (filter: Parameters<typeof shownFilter>[2], verdict?: Verdict): AuditSubject =>
    made(`${verdict === undefined ? "" : `${verdict} `}${shownFilter(hash, channels, filter)}`)
})

interface Action {
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
