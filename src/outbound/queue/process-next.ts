import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { type Backoff, backoffDelay } from "../../concurrency/backoff.ts"
import { Channels } from "../../connector/channel.ts"
import type { FailureReport } from "../../domain/failure.ts"
import type { IntentId } from "../../domain/ids.ts"
import { jsonIn } from "../../domain/parse-json.ts"
import { Personal } from "../../domain/personal.ts"
import { contentOf, recipientOf } from "../../identity/derive.ts"
import { Log } from "../../log/log.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { IntentLedger, type KeptRequest } from "../ledger/intent-ledger.ts"
import { type Job, prepare, resolveTarget } from "../intent/resolve-target.ts"
import type { Performed } from "../send/executor.ts"
import { parseRequest } from "../intent/parse-request.ts"

/** Milliseconds that a doubt blocks its lane; then the lane continues (G26). */
export const doubtHold = 120_000
/** Milliseconds after which an accepted intent that could not be performed is abandoned, as certainly not performed. */
export const acceptedLife = 86_400_000

/** Milliseconds until a retry after a failure of the store. */
const storeRetryMs = 1_000
/** Milliseconds until a retry of an intent that this process cannot perform. */
const unconfiguredRetryMs = 30_000
/** Delays between attempts of an accepted intent that certainly did nothing. */
export const performBackoff: Backoff = { baseMs: 1_000, maxMs: 300_000 }

/** `Done`: the lane continues with the next entry. `RetryAfter`: the entry stays first and is due again after `millis`. */
export type LaneStep = { readonly _tag: "Done" } | { readonly _tag: "RetryAfter"; readonly millis: number }

/** Processes the first intent of a lane. */
export class LaneProcessor extends Context.Service<
  LaneProcessor,
  {
    /** Performs an accepted intent, unless it has ended or must wait. */
    readonly processNext: (intentId: IntentId) => Effect.Effect<LaneStep>
    /** Waits until this process puts an intent into a lane of the partition. A hint: see `Notifications`. */
    readonly next: (partition: number) => Effect.Effect<void>
  }
>()("comporta/outbound/LaneProcessor") {}

const done: LaneStep = { _tag: "Done" }
const retryAfter = (millis: number): LaneStep => ({ _tag: "RetryAfter", millis: Math.max(0, millis) })

const notInTime: FailureReport = {
  class: "InfraError",
  code: "not_performed_in_time",
  certainty: "not_applied",
  transient: true,
  detail: "the accepted intent could not be performed within a day"
}

/** Makes the function that processes the first intent of a lane. */
export const makeLaneProcessor = Effect.fnUntraced(function* (perform: (job: Job) => Effect.Effect<Performed>) {
  const ledger = yield* IntentLedger
  const channels = yield* Channels
  const hash = yield* IdHash
  const log = yield* Log

  /** Returns the job of an accepted intent, validated again. Returns `undefined` when this process is not configured for it. */
  const jobOf = ({ record, request }: KeptRequest): Job | undefined => {
    const body = request === undefined ? undefined : jsonIn(request)
    if (body === undefined || request === undefined) return undefined
    const parsed = Result.getOrUndefined(parseRequest(body))
    const target = parsed === undefined ? undefined : Result.getOrUndefined(resolveTarget(channels, parsed))
    if (parsed === undefined || target === undefined) return undefined
    const prepared = Result.getOrUndefined(prepare(target, parsed))
    if (prepared === undefined) return undefined
    const { intentId, correlationId } = record
    const content = contentOf(hash, target, body)
    const { to } = parsed
    const recipient = to === undefined ? {} : { to: Personal.of(to), recipient: recipientOf(hash, target, to) }
    const job = {
      intentId,
      correlationId,
      token: hash.correlation(),
      content,
      request: () => request,
      target,
      prepared
    }
    return { ...job, ...recipient, accepted: true }
  }

  /** Returns the fields of every line about an intent that waits. */
  const about = ({ record }: KeptRequest) => {
    const { correlationId, intentId, connector, account, capabilityId } = record
    const names = { correlationId, dedupeKey: intentId, connectorId: connector, accountId: account, capabilityId }
    return { ...names, outcome: "accepted", state: record.state } as const
  }

  const waitsHere = (kept: KeptRequest) =>
    Effect.sync(() => {
      log.write("warn", "intent.waits", { ...about(kept), failureCode: "not_configured" })
      return retryAfter(unconfiguredRetryMs)
    })

  /** Logs an intent whose request cannot be opened. Its conversation waits until a replica with the key takes over (G36). */
  const sealed = (kept: KeptRequest) =>
    Effect.sync(() => {
      log.write("error", "intent.unreadable", about(kept))
      return retryAfter(unconfiguredRetryMs)
    })

  const performed = Effect.fnUntraced(function* (kept: KeptRequest, job: Job) {
    const { answer, tried } = yield* perform(job)
    if (answer.conflict === "other_content") return yield* waitsHere(kept)
    switch (answer.state) {
      case "accepted": {
        const least = tried ? backoffDelay(performBackoff, kept.record.attempt, yield* Random.next) : 0
        return retryAfter(Math.max(least, answer.retryAfter ?? 0))
      }
      case "claimed":
        return retryAfter(answer.retryAfter ?? storeRetryMs)
      case "in_doubt":
        return retryAfter(doubtHold)
      case "sent":
      case "failed":
      case "disputed":
      case "expired":
        return done
    }
  })

  const accepted = Effect.fnUntraced(function* (kept: KeptRequest) {
    const { acceptedAt = kept.now, failure = notInTime } = kept.record
    if (kept.now - acceptedAt >= acceptedLife) {
      yield* ledger.abandon(kept.record.intentId, failure)
      return done
    }
    if (kept.unreadable === true) return yield* sealed(kept)
    const job = jobOf(kept)
    return job === undefined ? yield* waitsHere(kept) : yield* performed(kept, job)
  })

  return (intentId: IntentId): Effect.Effect<LaneStep> =>
    Effect.gen(function* () {
      const kept = yield* ledger.kept(intentId)
      if (kept === undefined || kept === "expired") return done
      const { state, deadline = kept.now, settledAt = deadline } = kept.record
      switch (state) {
        case "accepted":
          return yield* accepted(kept)
        case "claimed":
          return retryAfter(deadline - kept.now)
        case "in_doubt": {
          const left = settledAt + doubtHold - kept.now
          return left > 0 ? retryAfter(left) : done
        }
        case "sent":
        case "failed":
        case "disputed":
        case "expired":
          return done
      }
    }).pipe(Effect.orElseSucceed(() => retryAfter(storeRetryMs)))
})
