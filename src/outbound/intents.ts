import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import { Channels } from "../connector/channels.ts"
import type { ProviderHttp } from "../connector/provider-http.ts"
import { InfraError, type PayloadError, report } from "../domain/failure.ts"
import type { Json } from "../domain/json.ts"
import { Log } from "../log/log.ts"
import type { Deployment } from "../partition/deployment.ts"
import { IdHash } from "../secrets/id-hash.ts"
import {
  answerOf,
  expired,
  type IntentAnswer,
  type Named,
  notPerformed,
  otherContent,
  outcomeOf,
  unperformed
} from "./answer.ts"
import { giveBack } from "./claim.ts"
import { dedupeThenEffect, type Ended, type Job } from "./dedupe-then-effect.ts"
import { IntentLedger } from "./intent-ledger.ts"
import { intentEnded, intentRefused } from "./observe.ts"
import { parseRequest } from "./request.ts"
import { contentOf, intentIdOf, type NotConfigured, prepare, resolve } from "./validate.ts"

/** The body is wrong in itself: there is no intent to speak of. */
export class NotAnIntent extends Data.TaggedError("NotAnIntent")<{ readonly failure: PayloadError }> {}

export interface Submission {
  /** Of the API client's keys (G13). */
  readonly namespace: string
  readonly key: string
  readonly body: Json
  /** A thread that the caller wants to continue; taken up where it is one of ours. */
  readonly correlationId?: string
}

/** Calls under way at once, in this process. */
export const concurrency = 256
/** Milliseconds that a caller waits for a settlement that the store does not take; then it is told `in_doubt`. */
const settleWait = 5_000

const tooMany = new InfraError({
  code: "too_many_at_once",
  operation: "every slot for a call is taken",
  certainty: "not_applied",
  transient: true
})

const unsettled = report(
  new InfraError({
    code: "unsettled",
    operation: "the call has ended and the store has not taken its end yet",
    certainty: "unknown",
    transient: true
  })
)

/** The way out: accept, validate, then claim, call and settle in a fiber that no caller can cut (G17). */
export class Intents extends Context.Service<
  Intents,
  { readonly submit: (submission: Submission) => Effect.Effect<IntentAnswer, NotAnIntent | NotConfigured> }
>()("comporta/outbound/Intents") {}

/** `drain`: how long a stop waits for calls under way. */
export const layer = (options: { readonly drain: number }) =>
  Layer.effect(
    Intents,
    Effect.gen(function* () {
      const channels = yield* Channels
      const ledger = yield* IntentLedger
      const hash = yield* IdHash
      const log = yield* Log
      const context = yield* Effect.context<IntentLedger | Deployment | IdHash | ProviderHttp>()
      // Only a stop that has waited long enough interrupts these; what it cuts is left as a doubt, as by a crash.
      const performing = yield* FiberSet.make<unknown, never>()
      const slots = Semaphore.makeUnsafe(concurrency)
      yield* Effect.addFinalizer(() => FiberSet.awaitEmpty(performing).pipe(Effect.timeoutOption(options.drain)))

      const tell = Effect.fnUntraced(function* (job: Job, ended: Ended) {
        switch (ended._tag) {
          case "Told":
            return ended.answer
          case "Unclaimed": {
            if (ended.error.certainty === "unknown") {
              log.write("warn", "intent.claim_released", { correlationId: job.correlationId, dedupeKey: job.intentId })
              yield* FiberSet.run(performing, giveBack(ledger, job.intentId, job.token, ended.error))
            }
            return notPerformed(job, ended.error)
          }
          case "Settled": {
            const writing = yield* FiberSet.run(performing, ended.written)
            const written = yield* Effect.timeoutOption(Fiber.join(writing), settleWait)
            const failure = ended.failure
            if (Option.isNone(written) || written.value === undefined) {
              log.write("error", "intent.unsettled", { correlationId: job.correlationId, dedupeKey: job.intentId })
              return { ...answerOf({ ...ended.claimed, state: "in_doubt" }, "in_doubt"), failure: unsettled }
            }
            const record = written.value
            return {
              ...answerOf(record, outcomeOf(record.state)),
              ...(failure?._tag === "PayloadError" ? { issues: failure.issues } : {}),
              ...(failure?._tag === "ProviderError" && failure.retryAfter !== undefined
                ? { retryAfter: failure.retryAfter * 1_000 }
                : {})
            }
          }
        }
      })

      const perform = Effect.fnUntraced(function* (job: Job) {
        const started = yield* Clock.currentTimeMillis
        const fiber = yield* FiberSet.run(
          performing,
          Semaphore.withPermitsIfAvailable(
            slots,
            1
          )(dedupeThenEffect(job)).pipe(
            Effect.provideContext(context),
            Effect.flatMap(
              Option.match({
                onNone: () => Effect.succeed(notPerformed(job, tooMany)),
                onSome: (ended) => tell(job, ended)
              })
            ),
            Effect.tap((answer) =>
              Effect.flatMap(Clock.currentTimeMillis, (now) => intentEnded(log, job, answer, now - started))
            )
          )
        )
        return yield* Fiber.join(fiber)
      })

      // The content is wrong; whether the key had been used before decides what the caller may do.
      const refuse = Effect.fnUntraced(function* (job: Named, failure: PayloadError) {
        yield* intentRefused(log, job, failure)
        const known = yield* Effect.result(ledger.get(job.intentId))
        const record = Result.isSuccess(known) ? known.success : undefined
        if (record === "expired") return expired(job)
        if (record !== undefined) return otherContent(record)
        return {
          ...unperformed(job, report(failure)),
          safeNewKey: Result.isSuccess(known),
          issues: failure.issues
        }
      })

      return Intents.of({
        submit: Effect.fnUntraced(function* (submission) {
          const parsed = parseRequest(submission.body)
          if (Result.isFailure(parsed)) return yield* new NotAnIntent({ failure: parsed.failure })
          const target = yield* Effect.fromResult(resolve(channels, parsed.success))
          const intentId = intentIdOf(hash, target, submission.namespace, submission.key)
          const correlationId = hash.ownCorrelation(submission.correlationId ?? "") ?? hash.correlation()
          const content = contentOf(hash, target, submission.body)
          const prepared = prepare(target, parsed.success)
          if (Result.isSuccess(prepared)) {
            const token = hash.correlation()
            return yield* perform({ intentId, correlationId, token, content, target, prepared: prepared.success })
          }
          return yield* refuse({ intentId, correlationId, target }, prepared.failure)
        })
      })
    })
  )
