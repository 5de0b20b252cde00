import { retryUntilStored } from "../../concurrency/retry.ts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Channel, Channels } from "../../connector/channel.ts"
import type { InboundEvent, PersonalPart } from "../../domain/event.ts"
import type { FailureReport } from "../../domain/failure.ts"
import { Personal } from "../../domain/personal.ts"
import { Log } from "../../log/log.ts"
import { Observe } from "../../observe/observe.ts"
import { decodeCallbackData } from "../../outbound/intent/callback-data.ts"
import { type EvidenceAnswer, IntentLedger, type LateEvidence } from "../../outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../deployment/deployment.ts"
import { IdHash } from "../../secrets/id-hash.ts"

/** Milliseconds, from the provider's time of a status, that the status waits for an intent that the ledger does not know. */
export const orphanLife = 86_400_000

/** Returns the evidence of an event. Returns `undefined` unless its callback data has a valid MAC of this deployment (G18). */
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
    status: plainStatus(evidence.status),
    messageId: personal.providerId,
    ...(evidence.status === "failed"
      ? { failure: failureOf(channels.get(event.connector), evidence.code, personal) }
      : {})
  }
  return late
})

/** Returns the status, or `other` when it is no plain word: providers may add statuses. */
const plainStatus = (status: string) => (/^[a-z_]{1,32}$/.test(status) ? status : "other")

/** Returns the failure that the code means, with the provider's explanation. */
const failureOf = (channel: Channel | undefined, code: string | undefined, personal: PersonalPart): FailureReport => {
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

type Reason = Extract<EvidenceAnswer, { _tag: "NoEvidence" }>["reason"]

/**
 * Returns true when the ledger may still receive the intent, this attempt, or a key that opens the intent. Returns false
 * for an expired intent.
 */
const mayArrive = Effect.fnUntraced(function* ({ intentId, attempt }: LateEvidence, at: number, reason: Reason) {
  const ledger = yield* IntentLedger
  const known = reason === "unreadable" ? undefined : yield* retryUntilStored(ledger.get(intentId))
  if (known === "expired" || (known !== undefined && attempt <= known.attempt)) return false
  return (yield* Clock.currentTimeMillis) - at < orphanLife
})

/** Applies a status to its intent. Returns `orphan`, without a log line, when the caller must apply it again later. */
export const apply = Effect.fnUntraced(function* (event: InboundEvent, evidence: LateEvidence) {
  const ledger = yield* IntentLedger
  const log = yield* Log
  const answer = yield* retryUntilStored(ledger.evidence(evidence))
  const applied = answer._tag === "Applied"
  if (applied) (yield* Observe).evidenceApplied(answer.record, evidence, event)
  if (!applied && (yield* mayArrive(evidence, event.occurredAt, answer.reason))) return "orphan"
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
