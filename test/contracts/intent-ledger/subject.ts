import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { FailureReport } from "../../../src/domain/failure.ts"
import {
  AccountId,
  CapabilityId,
  ConnectorId,
  ConversationId,
  CorrelationId,
  IntentId
} from "../../../src/domain/ids.ts"
import type { IntentRecord } from "../../../src/domain/intent.ts"
import {
  type Acceptance,
  type Claim,
  IntentLedger,
  type IntentRetention
} from "../../../src/outbound/ledger/intent-ledger.ts"

/** An implementation of the ledger under test, with control over its clock. */
export interface Subject<R, E> {
  /** Builds the ledger on a fresh store. */
  readonly layer: (retention?: Partial<IntentRetention>) => Layer.Layer<IntentLedger | R, E>
  readonly elapse: (millis: number) => Effect.Effect<void, E, R>
}

export const contract =
  <R, E>(subject: Subject<R, E>) =>
  <E2>(
    name: string,
    test: Effect.Effect<unknown, E2, IntentLedger | R | Scope.Scope>,
    retention?: Partial<IntentRetention>
  ) =>
    it.effect(name, () => Effect.provide(test, subject.layer(retention)))

let made = 0
export const newId = (): IntentId => IntentId.make(`int_${(made++).toString(16).padStart(32, "0")}`)

export const callMillis = 60_000

export const claimOf = (intentId: IntentId, token = "token-1", more: Partial<Claim> = {}): Claim => ({
  intentId,
  token,
  content: "mac-of-content",
  callMillis,
  meta: {
    connector: ConnectorId.make("whatsapp"),
    account: AccountId.make("support"),
    capabilityId: CapabilityId.make("whatsapp.text"),
    protection: "verified",
    correlationId: CorrelationId.make(`cor_${"ab".repeat(16)}`)
  },
  ...more
})

export const lane = ConversationId.make(`cnv_${"1f".repeat(16)}`)
export const request = '{"to":"+5511999999999","input":{"body":"hello"}}'

export const acceptanceOf = (intentId: IntentId, token = "accept-1", more: Partial<Acceptance> = {}): Acceptance => ({
  intentId,
  token,
  content: "mac-of-content",
  meta: claimOf(intentId).meta,
  lane,
  request,
  ...more
})

export const failure = (more: Partial<FailureReport> = {}): FailureReport => ({
  class: "ProviderError",
  code: "131056",
  certainty: "not_applied",
  transient: false,
  detail: "too many messages to one recipient",
  ...more
})

export const passing = failure({ class: "InfraError", code: "dns", transient: true, detail: "resolve the provider" })
export const unknown = failure({ code: "timeout", certainty: "unknown", detail: "no answer in time" })

export const messageId = "wamid.HBgMNTUxMTk5OTk5OTk5FQIAERgSQUJDRA=="

/** Claims an intent, and dies when the ledger does not grant the claim. */
export const claimed = Effect.fnUntraced(function* (intentId: IntentId, token = "token-1", more: Partial<Claim> = {}) {
  const ledger = yield* IntentLedger
  const answer = yield* ledger.claim(claimOf(intentId, token, more))
  if (answer._tag !== "Claimed") return yield* Effect.die(new Error(`expected Claimed, got ${answer._tag}`))
  return answer
})

/** Accepts an intent, and dies when the ledger does not accept it. */
export const accepted = Effect.fnUntraced(function* (
  intentId: IntentId,
  token = "accept-1",
  more: Partial<Acceptance> = {}
) {
  const ledger = yield* IntentLedger
  const answer = yield* ledger.accept(acceptanceOf(intentId, token, more))
  if (answer._tag !== "Accepted") return yield* Effect.die(new Error(`expected Accepted, got ${answer._tag}`))
  return answer.record
})

/** Returns the stored request of an intent. */
export const keptOf = Effect.fnUntraced(function* (intentId: IntentId) {
  const ledger = yield* IntentLedger
  const kept = yield* ledger.kept(intentId)
  return kept === undefined || kept === "expired" ? kept : kept.request
})

export const recordOf = Effect.fnUntraced(function* (intentId: IntentId) {
  const ledger = yield* IntentLedger
  const record = yield* ledger.get(intentId)
  if (record === undefined || record === "expired") return yield* Effect.die(new Error(`expected a record: ${record}`))
  return record
})

export const steps = (record: IntentRecord): ReadonlyArray<string> =>
  record.timeline.map(({ attempt, what }) => `${attempt} ${what}`)
