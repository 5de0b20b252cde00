import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { makeNotifications } from "../../concurrency/notifications.ts"
import { retryIfUnknown } from "../../concurrency/retry.ts"
import { Deployment } from "../../deployment/deployment.ts"
import type { FailureReport, InfraError } from "../../domain/failure.ts"
import { laneOfConversation, laneOfIntent, laneOfRecipient } from "../../identity/derive.ts"
import { Log } from "../../log/log.ts"
import { Aliases } from "../../partition/aliases.ts"
import { partitionOf } from "../../partition/partitions.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { conversationOf, type Job } from "../intent/resolve-target.ts"
import { type AcceptAnswer, IntentLedger } from "../ledger/intent-ledger.ts"
import type { Acceptance } from "../ledger/types.ts"
import { inFlightResult, metaOf } from "../send/dedupe-then-effect.ts"
import {
  acceptanceUnknown,
  answerOf,
  expired,
  type IntentAnswer,
  notPerformed,
  otherContent
} from "../send/intent-result.ts"
import { intentEnded } from "../send/telemetry.ts"
import { IntentLanes } from "./intent-lanes.ts"

/**
 * Makes `accept`, which writes the ledger's record, then the lane's entry, and then answers (G24). When the entry cannot be
 * written, the answer is no `accepted`: the intent will be performed, but its position in the lane is not certain.
 */
export const makeAcceptor = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const lanes = yield* IntentLanes
  const aliases = yield* Aliases
  const hash = yield* IdHash
  const log = yield* Log
  const { partitions } = yield* Deployment
  const queued = makeNotifications(partitions)

  /**
   * Returns the lane of a job; all ids of a recipient share one. Fails when the aliases cannot be read: the lane of
   * the given id may be another one than the person has, and would break the order.
   */
  const laneFor = Effect.fnUntraced(function* ({ target, intentId }: Job, to: string | undefined) {
    if (to === undefined) return laneOfIntent(hash, target, intentId)
    const whose = conversationOf(hash, target, to)
    if (whose === undefined) return laneOfRecipient(hash, target, to)
    const [found] = whose.mayBeAlias ? yield* aliases.find([{ conversation: whose.id, key: "" }]) : []
    return laneOfConversation(hash, found?.conversation ?? whose.id)
  })

  const answer = Effect.fnUntraced(function* (job: Job, to: string | undefined): Effect.fn.Return<IntentAnswer> {
    const { intentId, token, content, request } = job
    const found = yield* Effect.result(laneFor(job, to))
    // An earlier request with this key may have been accepted, so another key is not safe.
    if (Result.isFailure(found)) return acceptanceUnknown(job)
    const lane = found.success
    const asked = { intentId, token, content, meta: metaOf(job), lane, request: request() }
    const accepted = yield* Effect.result(retryIfUnknown(ledger.accept(asked)))
    if (Result.isFailure(accepted)) {
      const { certainty } = accepted.failure
      return certainty === "unknown" ? acceptanceUnknown(job) : notPerformed(job, accepted.failure)
    }
    const told = answerTo(job, accepted.success)
    if (told.state !== "accepted" || told.conflict !== undefined) return told
    const partition = partitionOf(lane, partitions)
    const enqueued = yield* Effect.result(retryIfUnknown(lanes.enqueue(partition, [{ lane, intentId }])))
    if (Result.isFailure(enqueued)) return acceptanceUnknown(job)
    queued.notify(partition)
    return told
  })

  return {
    accept: Effect.fnUntraced(function* (job: Job, to: string | undefined) {
      const started = yield* Clock.currentTimeMillis
      const told = yield* answer(job, to)
      yield* intentEnded(log, job, told, (yield* Clock.currentTimeMillis) - started)
      return told
    }),
    /** Waits until this process puts an intent into a lane of the partition. */
    next: queued.next
  }
})

/** Returns the ledger's answer to an acceptance as the answer to the caller. */
const answerTo = (job: Job, answer: AcceptAnswer): IntentAnswer => {
  switch (answer._tag) {
    case "Accepted":
      return answerOf(answer.record, "accepted")
    case "Held":
      return inFlightResult(answer.record, answer.now)
    case "OtherContent":
      return otherContent(answer.record)
    case "Expired":
      return expired(job)
  }
}

/**
 * Records an intent that failed before its claim: accepts it and at once abandons it with its failure (I2). An intent that
 * the ledger already holds stays unchanged. A repeat after a crash between the two writes ends the same.
 */
export const reject = Effect.fnUntraced(function* (
  acceptance: Acceptance,
  failure: FailureReport
): Effect.fn.Return<void, InfraError, IntentLedger> {
  const ledger = yield* IntentLedger
  const known = yield* ledger.accept(acceptance)
  if (known._tag === "Expired" || known.record.state !== "accepted") return
  yield* ledger.abandon(acceptance.intentId, failure)
})
