import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Prepared } from "../connector/channel.ts"
import type { ProviderHttp } from "../connector/provider-http.ts"
import { InfraError } from "../domain/failure.ts"
import type { CorrelationId, IntentId } from "../domain/ids.ts"
import type { IntentRecord } from "../domain/intent.ts"
import { Deployment } from "../partition/deployment.ts"
import { IdHash } from "../secrets/id-hash.ts"
import { answerOf, expired, type IntentAnswer, otherContent } from "./answer.ts"
import { call, callMillis, type ClaimedAt } from "./call.ts"
import { encodeCallbackData } from "./callback-data.ts"
import { claimOnce } from "./claim.ts"
import { IntentLedger, type Meta } from "./intent-ledger.ts"
import { type Settled, settle } from "./settle.ts"
import type { Target } from "./validate.ts"

/** One checked intent and all that its claim needs. */
export interface Job {
  readonly intentId: IntentId
  readonly correlationId: CorrelationId
  readonly token: string
  readonly content: string
  /** As JSON, for who performs it later or looks for its proof. */
  readonly request: string
  /** It was accepted before: only then it is claimed. */
  readonly accepted?: true
  readonly target: Target
  readonly prepared: Prepared
}

export const metaOf = ({ target, correlationId }: Pick<Job, "target" | "correlationId">): Meta => ({
  connector: target.channel.id,
  account: target.account.id,
  capabilityId: target.capability.id,
  protection: target.capability.protection,
  correlationId
})

const isLookedFor = ({ find, isEcho }: Prepared): boolean => find !== undefined || isEcho !== undefined

/** A claim that could not be made: no call was made and none will be. The token must be given back. */
export interface Unclaimed {
  readonly _tag: "Unclaimed"
  readonly error: InfraError
}

export type Ended = { readonly _tag: "Told"; readonly answer: IntentAnswer } | Settled | Unclaimed

/** Claim, call, settle: the only place where an effect begins (I4). Must run in a fiber of its own (G17). */
export const dedupeThenEffect = Effect.fnUntraced(function* (
  job: Job
): Effect.fn.Return<Ended, never, IntentLedger | Deployment | IdHash | ProviderHttp> {
  const ledger = yield* IntentLedger
  const claimedAt = yield* now
  const claim = yield* Effect.result(
    claimOnce(ledger, {
      intentId: job.intentId,
      token: job.token,
      content: job.content,
      callMillis,
      meta: metaOf(job),
      ...(job.accepted === undefined ? {} : { accepted: true }),
      ...(isLookedFor(job.prepared) ? { request: job.request } : {})
    })
  )
  if (Result.isFailure(claim)) return { _tag: "Unclaimed", error: claim.failure }
  switch (claim.success._tag) {
    case "Held":
      return { _tag: "Told", answer: held(claim.success.record, claim.success.now) }
    case "OtherContent":
      return { _tag: "Told", answer: otherContent(claim.success.record) }
    case "Expired":
      return { _tag: "Told", answer: expired(job) }
    case "Released":
      return { _tag: "Unclaimed", error: released }
    case "Claimed":
      break
  }
  const { attempt } = claim.success
  const deployment = yield* Deployment
  const hash = yield* IdHash
  const sender = { connector: job.target.channel.id, providerAccount: job.target.account.providerAccount }
  const callbackData = encodeCallbackData(hash, deployment.id, sender, { intentId: job.intentId, attempt })
  const ended = yield* Effect.result(call(job.target.capability, job.prepared, callbackData, claimedAt))
  return yield* settle(job.intentId, attempt, job.token, claim.success.record, ended, job.accepted)
})

// Taken before the claim is sent: the window of G16 then only gets shorter by the claim's own round trip.
const now: Effect.Effect<ClaimedAt> = Effect.map(Clock.Clock, (clock) => ({
  wall: clock.currentTimeMillisUnsafe(),
  monotonic: clock.monotonicTimeNanosUnsafe()
}))

export const held = (record: IntentRecord, storeNow: number): IntentAnswer => ({
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
