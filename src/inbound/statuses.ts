import * as Effect from "effect/Effect"
import { Personal } from "../domain/personal.ts"
import { Channels } from "../connector/channels.ts"
import type { InboundEvent } from "../domain/event.ts"
import { Log } from "../log/log.ts"
import { decodeCallbackData } from "../outbound/callback-data.ts"
import { IntentLedger, type LateEvidence } from "../outbound/intent-ledger.ts"
import { Deployment } from "../partition/deployment.ts"
import { IdHash } from "../secrets/id-hash.ts"
import { consume, readEvent } from "./consume.ts"
import { persist } from "./dispatch.ts"
import { EventLog, type Ownership } from "./event-log.ts"

/** The reconciler: statuses reach the ledger by a consumer of their own, never behind a stuck runtime (G22). */
export const reconcile = (owner: Ownership) =>
  consume(owner, "ledger", (entry) =>
    Effect.gen(function* () {
      const events = yield* EventLog
      const event = yield* readEvent(owner, entry)
      if (event === undefined) return
      const evidence = yield* evidenceOf(event)
      if (evidence !== undefined) yield* apply(event, evidence)
      yield* persist(events.acknowledge(owner, "ledger", entry.position))
    })
  )

/** Only what carries our MAC, of this deployment, says anything about an intent (G18). */
const evidenceOf = Effect.fnUntraced(function* (event: InboundEvent) {
  const deployment = yield* Deployment
  const hash = yield* IdHash
  const channels = yield* Channels
  const { evidence } = event
  if (evidence?.callbackData === undefined) return undefined
  const data = decodeCallbackData(hash, deployment, event, evidence.callbackData)
  if (data === undefined) return undefined
  const messageId = Personal.open(event.personal).providerId
  const late: LateEvidence = {
    ...data,
    status: known(evidence.status),
    messageId,
    ...(evidence.status === "failed"
      ? { failure: channels.get(event.connector)?.failureOf(evidence.code) ?? unnamed }
      : {})
  }
  return late
})

/** Statuses are an open set; what is no plain word is not repeated. */
const known = (status: string) => (/^[a-z_]{1,32}$/.test(status) ? status : "other")

const unnamed = {
  class: "ProviderError",
  code: "failed",
  certainty: "not_applied",
  transient: false,
  detail: "the provider reports that it failed"
} as const

const apply = Effect.fnUntraced(function* (event: InboundEvent, evidence: LateEvidence) {
  const ledger = yield* IntentLedger
  const log = yield* Log
  const answer = yield* persist(ledger.evidence(evidence))
  const applied = answer._tag === "Applied"
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
})
