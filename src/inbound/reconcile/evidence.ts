import { retryUntilStored } from "../../concurrency/retry.ts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Channel } from "../../connector/channel.ts"
import { Channels } from "../../connector/channels.ts"
import type { InboundEvent, PersonalPart } from "../../domain/event.ts"
import type { FailureReport } from "../../domain/failure.ts"
import { Personal } from "../../domain/personal.ts"
import { Log } from "../../log/log.ts"
import { decodeCallbackData } from "../../outbound/intent/callback-data.ts"
import { IntentLedger, type LateEvidence } from "../../outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../deployment/deployment.ts"
import { IdHash } from "../../secrets/id-hash.ts"

/** Milliseconds for which a status waits for an intent that the ledger does not know, from the provider's time of it. */
export const orphanLife = 86_400_000

/** Only what carries our MAC, of this deployment, says anything about an intent (G18). */
export const evidenceOf = Effect.fnUntraced(function* (event: InboundEvent) {
  const deployment = yield* Deployment
  const hash = yield* IdHash
  const channels = yield* Channels
  const { evidence } = event
  if (evidence?.callbackData === undefined) return undefined
  const data = decodeCallbackData(hash, deployment, event, evidence.callbackData)
  if (data === undefined) return undefined
  const personal = Personal.open(event.personal)
  const late: LateEvidence = {
    ...data,
    status: known(evidence.status),
    messageId: personal.providerId,
    ...(evidence.status === "failed"
      ? { failure: failedAs(channels.get(event.connector), evidence.code, personal) }
      : {})
  }
  return late
})

/** Statuses are an open set; what is no plain word is not repeated. */
const known = (status: string) => (/^[a-z_]{1,32}$/.test(status) ? status : "other")

/** What the code means, with the provider's own words. */
const failedAs = (channel: Channel | undefined, code: string | undefined, personal: PersonalPart): FailureReport => {
  const explained = channel?.explain(personal)
  return {
    ...(channel?.failureOf(code) ?? unnamed),
    ...(explained === undefined ? {} : { explanation: Personal.of(explained) })
  }
}

const unnamed = {
  class: "ProviderError",
  code: "failed",
  certainty: "not_applied",
  transient: false,
  detail: "the provider reports that it failed"
} as const

/** Does the ledger not know the intent, or this attempt, yet? What it has forgotten after its time does not come again. */
const mayCome = Effect.fnUntraced(function* ({ intentId, attempt }: LateEvidence, at: number) {
  const ledger = yield* IntentLedger
  const known = yield* retryUntilStored(ledger.get(intentId))
  if (known === "expired" || (known !== undefined && attempt <= known.attempt)) return false
  return (yield* Clock.currentTimeMillis) - at < orphanLife
})

/** `orphan`: nothing is said in the log, and the status is to be applied again. */
export const apply = Effect.fnUntraced(function* (event: InboundEvent, evidence: LateEvidence) {
  const ledger = yield* IntentLedger
  const log = yield* Log
  const answer = yield* retryUntilStored(ledger.evidence(evidence))
  const applied = answer._tag === "Applied"
  if (!applied && (yield* mayCome(evidence, event.occurredAt))) return "orphan"
  log.write(applied ? "info" : "warn", applied ? "evidence.applied" : "evidence.ignored", {
    correlationId: applied ? answer.record.correlationId : event.correlationId,
    dedupeKey: evidence.intentId,
    connectorId: event.connector,
    accountId: event.account,
    attempt: evidence.attempt,
    ...(applied ? { state: answer.record.state, capabilityId: answer.record.capabilityId } : {}),
    eventType: event.type,
    ...(applied ? {} : { failureCode: answer.reason })
  })
  return "done"
})
