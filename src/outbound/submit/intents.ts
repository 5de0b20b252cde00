import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { Channels } from "../../connector/channel.ts"
import { type PayloadError, failureReport } from "../../domain/failure.ts"
import type { Json } from "../../domain/json.ts"
import { Personal } from "../../domain/personal.ts"
import { contentOf, intentIdOf, recipientOf } from "../../identity/derive.ts"
import { Log } from "../../log/log.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { makeAcceptor } from "../queue/enqueue.ts"
import { expired, type IntentAnswer, type Named, otherContent, unperformed } from "../send/intent-result.ts"
import { IntentLedger } from "../ledger/intent-ledger.ts"
import { type Job, type NotConfigured, prepare, requestOf, resolveTarget } from "../intent/resolve-target.ts"
import { intentRefused } from "../send/telemetry.ts"
import { makeExecutor } from "../send/executor.ts"
import { parseRequest } from "../intent/parse-request.ts"
import { makeLaneProcessor, LaneProcessor } from "../queue/process-next.ts"

/** Failure for a body that is not an intent. */
export class NotAnIntent extends Data.TaggedError("NotAnIntent")<{ readonly failure: PayloadError }> {}

export interface Submission {
  /** Namespace of the API client's keys (G13). */
  readonly namespace: string
  readonly key: string
  readonly body: Json
  /** Correlation id that the caller wants to continue. Used only when this gateway made it. */
  readonly correlationId?: string
  /** True to accept the intent durably and perform it later, in the order of its conversation (G24). */
  readonly respondAsync?: boolean
}

/** Result of a submission: an answer, a mistake of the caller, or the cause of a defect or of an interruption by a stop. */
export type SubmitResult = Exit.Exit<IntentAnswer, NotAnIntent | NotConfigured>

/** Takes intents: validates them, then claims, calls and settles, or accepts them to be performed later. */
export class Intents extends Context.Service<
  Intents,
  {
    readonly submit: (submission: Submission) => Effect.Effect<IntentAnswer, NotAnIntent | NotConfigured>
    /** Submits without a waiting fiber. Calls `onResult` once; if it throws, calls it once more with the defect. */
    readonly begin: (submission: Submission, onResult: (told: SubmitResult) => void) => void
  }
>()("comporta/outbound/Intents") {}

/** Makes the service. A stop waits `drain` milliseconds for calls under way. */
export const layer = (options: { readonly drain: number }) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const channels = yield* Channels
      const ledger = yield* IntentLedger
      const hash = yield* IdHash
      const log = yield* Log
      const { apart, perform, waiting } = yield* makeExecutor(options.drain)
      const { accept, next } = yield* makeAcceptor
      const turns = yield* makeLaneProcessor((job) =>
        waiting((onResult) => perform(job, (done) => onResult(Exit.succeed(done))))
      )

      // The content is invalid. The answer depends on whether the key was used before.
      const refuse = Effect.fnUntraced(function* (job: Named, failure: PayloadError) {
        yield* intentRefused(log, job, failure)
        const known = yield* Effect.result(ledger.get(job.intentId))
        const record = Result.isSuccess(known) ? known.success : undefined
        if (record === "expired") return expired(job)
        if (record !== undefined) return otherContent(record)
        return {
          ...unperformed(job, failureReport(failure)),
          safeNewKey: Result.isSuccess(known),
          issues: failure.issues
        }
      })

      const begun = (submission: Submission, onResult: (told: SubmitResult) => void) => {
        const answer = (told: IntentAnswer) => onResult(Exit.succeed(told))
        const parsed = parseRequest(submission.body)
        if (Result.isFailure(parsed)) {
          return Effect.sync(() => onResult(Exit.fail(new NotAnIntent({ failure: parsed.failure }))))
        }
        const resolved = resolveTarget(channels, parsed.success)
        if (Result.isFailure(resolved)) return Effect.sync(() => onResult(Exit.fail(resolved.failure)))
        const target = resolved.success
        const intentId = intentIdOf(hash, target, submission.namespace, submission.key)
        const correlationId = hash.ownCorrelation(submission.correlationId ?? "") ?? hash.correlation()
        const prepared = prepare(target, parsed.success)
        if (Result.isFailure(prepared)) {
          return Effect.map(refuse({ intentId, correlationId, target }, prepared.failure), answer)
        }
        const { to } = parsed.success
        const job: Job = {
          ...(to === undefined ? {} : { to: Personal.of(to), recipient: recipientOf(hash, target, to) }),
          intentId,
          correlationId,
          token: hash.correlation(),
          content: contentOf(hash, target, submission.body),
          request: () => requestOf(submission.body),
          target,
          prepared: prepared.success
        }
        if (submission.respondAsync === true) return Effect.map(accept(job, to), answer)
        return perform(job, (done) => answer(done.answer))
      }

      const begin = (submission: Submission, onResult: (told: SubmitResult) => void) => {
        const returnOnce = once(onResult)
        apart(
          Effect.suspend(() => begun(submission, returnOnce)),
          (cause) => returnOnce(Exit.failCause(cause))
        )
      }
      const submit = (submission: Submission) =>
        waiting((onResult: (told: SubmitResult) => void) => Effect.suspend(() => begun(submission, onResult)))
      return Context.make(Intents, { begin, submit }).pipe(Context.add(LaneProcessor, { processNext: turns, next }))
    })
  )

/** Calls `onResult` once. If it throws, the next call counts. Work that continues after the result may still be interrupted. */
const once = (onResult: (told: SubmitResult) => void) => {
  let told = false
  return (one: SubmitResult) => {
    if (told) return
    onResult(one)
    told = true
  }
}
