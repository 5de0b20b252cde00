import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ProviderHttp } from "../../connector/provider-http.ts"
import { type Failure, InfraError, failureReport } from "../../domain/failure.ts"
import type { IntentRecord } from "../../domain/intent.ts"
import { Log } from "../../log/log.ts"
import type { Deployment } from "../../deployment/deployment.ts"
import type { IdHash } from "../../secrets/id-hash.ts"
import { answerOf, rejectedAnswer, type IntentAnswer, notPerformed, outcomeOf } from "./intent-result.ts"
import { giveBack } from "./claim.ts"
import { dedupeThenEffect } from "./dedupe-then-effect.ts"
import type { AdmissionControl } from "../accounts/admission-control.ts"
import { IntentLedger } from "../ledger/intent-ledger.ts"
import type { Job } from "../intent/resolve-target.ts"
import { makeFiberPool } from "../../concurrency/fiber-pool.ts"
import { makeTimerWheel } from "../../concurrency/timer-wheel.ts"
import { intentEnded, intentFields } from "./telemetry.ts"
import type { Settled } from "./settle.ts"

/** Maximum number of concurrent calls of this process. */
export const concurrency = 256
/** Maximum seconds that a caller waits for the store to write a settlement. Then it gets `in_doubt`. */
const settleSeconds = 5

const tooMany = new InfraError({
  code: "too_many_at_once",
  operation: "every slot for a call is taken",
  certainty: "not_applied",
  transient: true
})

const notTaken = failureReport(
  new InfraError({
    code: "unsettled",
    operation: "the call has ended and the store has not taken its end yet",
    certainty: "unknown",
    transient: true
  })
)

/** Answer about a job. `tried` is true when the claim of this job led to a call. */
export interface Performed {
  readonly answer: IntentAnswer
  readonly tried: boolean
}

type Needs = IntentLedger | AdmissionControl | Deployment | IdHash | ProviderHttp

/**
 * Makes the executor. Claim, call and settle run in a fiber that no caller can interrupt (G17). A stop waits `drain`
 * milliseconds for those under way.
 */
export const makeExecutor = Effect.fnUntraced(function* (drain: number) {
  const ledger = yield* IntentLedger
  const log = yield* Log
  const clock = yield* Clock.Clock
  // Only a stop interrupts these fibers, once its drain is over. It leaves a doubt, as a crash does.
  const { awaitEmpty, run } = yield* makeFiberPool<Needs>()
  const ticks = yield* makeFiberPool()
  const startTimeout = makeTimerWheel(settleSeconds, (tick) => {
    ticks.run(Effect.delay(Effect.sync(tick), "1 second"))
  })
  let free = concurrency
  const freed = Effect.sync(() => (free += 1))
  yield* Effect.addFinalizer(() => Effect.timeoutOption(awaitEmpty, drain))

  /** Runs an effect that no waiting caller can interrupt. Calls `failed` with a defect, or with the interruption by a stop. */
  const apart = (effect: Effect.Effect<void, never, Needs>, failed: (cause: Cause.Cause<never>) => void): void => {
    run(effect).addObserver((exit) => (Exit.isFailure(exit) ? failed(exit.cause) : undefined))
  }

  const unclaimed = (job: Job, error: InfraError): IntentAnswer => {
    if (error.certainty === "unknown") {
      log.write("warn", "intent.claim_released", { ...intentFields(job), outcome: "failed" })
      run(giveBack(ledger, job.intentId, job.token, error))
    }
    return notPerformed(job, error)
  }

  const unsettled = (job: Job, claimed: IntentRecord): IntentAnswer => {
    log.write("error", "intent.unsettled", { ...intentFields(job), outcome: "in_doubt" })
    return { ...answerOf({ ...claimed, state: "in_doubt" }, "in_doubt"), failure: notTaken }
  }

  /** Ends when the settlement is written. After `settleSeconds` the caller gets its answer before that. */
  const settled = (
    job: Job,
    { claimed, failure, written }: Settled,
    end: (answer: IntentAnswer) => Effect.Effect<void>
  ) =>
    Effect.suspend(() => {
      const cancelTimeout = startTimeout(() => run(end(unsettled(job, claimed))))
      return Effect.flatMap(written, (record) => {
        if (!cancelTimeout()) return Effect.void
        return end(record === undefined ? unsettled(job, claimed) : settledAs(record, claimed, failure))
      })
    })

  /** Calls `onResult` once. Continues after that until the settlement is written. */
  const perform = (job: Job, onResult: (performed: Performed) => void): Effect.Effect<void, never, Needs> =>
    Effect.suspend(() => {
      const started = clock.currentTimeMillisUnsafe()
      const end = (answer: IntentAnswer, tried = false) =>
        Effect.map(intentEnded(log, job, answer, clock.currentTimeMillisUnsafe() - started), () =>
          onResult({ answer, tried })
        )
      if (free === 0) return end(notPerformed(job, tooMany))
      free -= 1
      return Effect.flatMap(Effect.ensuring(dedupeThenEffect(job), freed), (ended) => {
        switch (ended._tag) {
          case "Answered":
            return end(ended.answer)
          case "Rejected":
            return end(rejectedAnswer(job, ended))
          case "Unclaimed":
            return end(unclaimed(job, ended.error))
          case "Settled":
            return settled(job, ended, (answer) => end(answer, true))
        }
      })
    })

  /** Waits for an effect in the caller's fiber. The effect continues when that fiber is interrupted (G17). */
  const waiting = <A, E>(
    begin: (onResult: (told: Exit.Exit<A, E>) => void) => Effect.Effect<void, never, Needs>
  ): Effect.Effect<A, E> =>
    Effect.callback((resume) => {
      apart(begin(resume), (cause) => resume(Effect.failCause(cause)))
    })

  return { apart, perform, waiting }
})

const settledAs = (record: IntentRecord, claimed: IntentRecord, failure: Failure | undefined): IntentAnswer => ({
  // When a newer attempt has begun meanwhile, its outcome is the work of another caller.
  ...answerOf(record, record.attempt === claimed.attempt ? outcomeOf(record.state) : "deduped"),
  ...(failure?._tag === "PayloadError" ? { issues: failure.issues } : {}),
  ...(failure?._tag === "ProviderError" && failure.retryAfter !== undefined
    ? { retryAfter: failure.retryAfter * 1_000 }
    : {})
})
