import * as Brand from "effect/Brand"
import * as Effect from "effect/Effect"
import type { Channel } from "../../connector/channel.ts"
import { Channels } from "../../connector/channels.ts"
import type { AccountId, ConnectorId, EventId, IntentId, QuarantineId } from "../../domain/ids.ts"
import type { Verdict } from "../../domain/intent.ts"
import { personHashOf } from "../../identity/derive.ts"
import { shownFilter } from "../../outbound/intent/known-names.ts"
import { IdHash } from "../../secrets/id-hash.ts"

/** What an action was done to, as the audit log names it: made by the functions of this file alone, so no text from outside. */
export type AuditSubject = string & Brand.Brand<"AuditSubject">
const made = Brand.nominal<AuditSubject>()

/** The id of a dead letter: the event's, of a replay with `.r` and its number. */
export type LetterId = EventId | `${EventId}.r${number}`

export const ofId = (id: LetterId | IntentId | QuarantineId, verdict?: Verdict): AuditSubject =>
  made(verdict === undefined ? id : `${id} ${verdict}`)

export const ofAccount = (connector: ConnectorId, account: AccountId): AuditSubject => made(`${connector}/${account}`)

/** Names a person by a keyed hash (G14). `account`: where only that one's records are meant. */
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

/** Makes the subject of a filter: a name in it that is not configured stands there as a keyed hash (G14). */
export const ofFilter = Effect.gen(function* () {
  const channels = yield* Channels
  const hash = yield* IdHash
  return (filter: Parameters<typeof shownFilter>[2], verdict?: Verdict): AuditSubject =>
    made(`${verdict === undefined ? "" : `${verdict} `}${shownFilter(hash, channels, filter)}`)
})
