import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Prepared } from "../../connector/channel.ts"
import type { ProviderHttp } from "../../connector/provider-http.ts"
import { InfraError } from "../../domain/failure.ts"
import type { IntentRecord } from "../../domain/intent.ts"
import { receiptMark } from "../../identity/derive.ts"
import { Deployment } from "../../deployment/deployment.ts"
import { Observe } from "../../observe/observe.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { answerOf, expired, type IntentAnswer, otherContent } from "./intent-result.ts"
import { call, callMillis, type ClaimedAt } from "./call-provider.ts"
import { encodeCallbackData } from "../intent/callback-data.ts"
import { fingerprintOf } from "../doubt/look-alikes.ts"
import { claimOnce } from "./claim.ts"
import { AdmissionControl } from "../accounts/admission-control.ts"
import type { Rejected } from "../accounts/rejected.ts"
import { IntentLedger, type Meta, type PeekAnswer } from "../ledger/intent-ledger.ts"
import type { Job } from "../intent/resolve-target.ts"
import { type Settled, settle } from "./settle.ts"

export const metaOf = ({ target, correlationId }: Pick<Job, "target" | "correlationId">): Meta => ({
  connector: target.channel.id,
  account: target.account.id,
  capabilityId: target.capability.id,
  protection: target.capability.protection,
  correlationId
})

const isProvable = ({ find, isEcho }: Prepared): boolean => find !== undefined || isEcho !== undefined

/** Intent that could not be claimed: no call was or will be made. When `error` is `unknown`, the token must be released. */
export interface Unclaimed {
  readonly _tag: "Unclaimed"
  readonly error: InfraError
}

export type SendOutcome = { readonly _tag: "Answered"; readonly answer: IntentAnswer } | Settled | Unclaimed | Rejected

/** Admits, claims, calls and settles: the only place where an effect begins (I4). Must run in a fiber of its own (G17). */
export const dedupeThenEffect = (
  job: Job
): Effect.Effect<SendOutcome, never, IntentLedger | AdmissionControl | Deployment | IdHash | ProviderHttp> =>
  Effect.flatMap(AdmissionControl, (gate) =>
    Effect.flatMap(gate.pass(job), (admission) => {
      switch (admission._tag) {
        case "AlreadyHandled":
          return Effect.succeed<SendOutcome>({ _tag: "Answered", answer: knownAnswer(job, admission.answer) })
        case "Unavailable":
          return Effect.succeed<SendOutcome>({ _tag: "Unclaimed", error: admission.error })
        case "Rejected":
          return Effect.succeed<SendOutcome>(admission)
        case "Admitted":
          return perform(job, gate, admission.trial)
      }
    })
  )

const perform = Effect.fnUntraced(function* (
  job: Job,
  gate: AdmissionControl["Service"],
  trial: boolean
): Effect.fn.Return<SendOutcome, never, IntentLedger | Deployment | IdHash | ProviderHttp> {
  const ledger = yield* IntentLedger
  const hash = yield* IdHash
  const sender = { connector: job.target.channel.id, providerAccount: job.target.account.providerAccount }
  const { traits, find } = job.prepared
  const claimedAt = yield* now
  const claim = yield* Effect.result(
    claimOnce(ledger, {
      intentId: job.intentId,
      token: job.token,
      content: job.content,
      callMillis,
      meta: metaOf(job),
      ...(job.accepted === undefined ? {} : { accepted: true }),
      ...(isProvable(job.prepared) ? { request: job.request() } : {}),
      ...(traits === undefined ? {} : { fingerprints: [fingerprintOf(hash, sender, traits)] }),
      ...(find === undefined ? {} : { readBack: true })
    })
  )
  if (Result.isFailure(claim)) return { _tag: "Unclaimed", error: claim.failure }
  switch (claim.success._tag) {
    case "Held":
    case "OtherContent":
    case "Expired":
      return { _tag: "Answered", answer: knownAnswer(job, claim.success) }
    case "Released":
      return { _tag: "Unclaimed", error: released }
    case "Claimed":
      break
  }
  const { attempt } = claim.success
  const deployment = yield* Deployment
  const callbackData = encodeCallbackData(hash, deployment.id, sender, { intentId: job.intentId, attempt })
  const end = yield* call(job.target, job.prepared, callbackData, claimedAt)
  yield* gate.ended(job, end, trial)
  const markOf = (messageId: string) =>
    // An intent that evidence by content can match gets a mark, so that its message is no proof of another intent (G49).
    // One that a status names by its id alone gets it, so that the gate finds the intent of the status.
    traits !== undefined || isProvable(job.prepared) || job.target.capability.acknowledged === "sent"
      ? receiptMark(hash, sender, messageId)
      : undefined
  const settled = settle(ledger, {
    claimed: claim.success.record,
    token: job.token,
    ended: end.ended,
    accepted: job.accepted === true,
    markOf,
    to: job.to
  })
  const observe = yield* Observe
  observe.callEnded({
    ...job.target,
    prepared: job.prepared,
    intentId: job.intentId,
    ended: end.ended,
    state: settled.settlement.state,
    claimedAt: claimedAt.wall,
    credentials: end.credentials,
    request: job.request
  })
  return settled
})

// Read before the claim is sent: the claim's round trip then only shortens the time for the first byte (G16).
const now: Effect.Effect<ClaimedAt> = Effect.map(Clock.Clock, (clock) => ({
  wall: clock.currentTimeMillisUnsafe(),
  monotonic: clock.monotonicTimeNanosUnsafe()
}))

/** Returns the answer about an intent that is not free to be performed. */
const knownAnswer = (job: Job, known: Exclude<PeekAnswer, { readonly _tag: "Free" }>): IntentAnswer => {
  switch (known._tag) {
    case "Held":
      return inFlightResult(known.record, known.now)
    case "OtherContent":
      return otherContent(known.record)
    case "Expired":
      return expired(job)
  }
}

/** Returns the answer about an intent that another call has claimed or ended. `storeNow` is the store's time in ms. */
export const inFlightResult = (record: IntentRecord, storeNow: number): IntentAnswer => ({
  ...answerOf(record, "deduped"),
  ...(record.state === "claimed"
    ? {
        conflict: "in_flight" as const,
        retryAfter: Math.max(1_000, Math.min((record.deadline ?? storeNow) - storeNow, 2_000))
      }
    : {})
})

const released = new InfraError({
  code: "claim_released",
  operation: "the claim was given back before it was written",
  certainty: "not_applied",
  transient: true
})
