import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import type { ProviderHttp } from "../connector/provider-http.ts"
import { InfraError, report } from "../domain/failure.ts"
import { Log } from "../log/log.ts"
import type { Deployment } from "../partition/deployment.ts"
import type { IdHash } from "../secrets/id-hash.ts"
import { answerOf, heldBackAnswer, type IntentAnswer, notPerformed, outcomeOf } from "./answer.ts"
import { giveBack } from "./claim.ts"
import { dedupeThenEffect, type Ended } from "./dedupe-then-effect.ts"
import type { Gate } from "./gate.ts"
import { IntentLedger } from "./intent-ledger.ts"
import type { Job } from "./job.ts"
import { intentEnded } from "./observe.ts"

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

/** What became of a job, and whether it was this one that was tried. */
export interface Performed {
  readonly answer: IntentAnswer
  readonly tried: boolean
}

/** Claim, call and settle in a fiber that nobody can cut (G17). `drain`: how long a stop waits for those under way. */
export const makePerforming = Effect.fnUntraced(function* (drain: number) {
  const ledger = yield* IntentLedger
  const log = yield* Log
  const context = yield* Effect.context<IntentLedger | Gate | Deployment | IdHash | ProviderHttp>()
  // Only a stop that has waited long enough interrupts these; what it cuts is left as a doubt, as by a crash.
  const performing = yield* FiberSet.make<unknown, never>()
  const slots = Semaphore.makeUnsafe(concurrency)
  yield* Effect.addFinalizer(() => FiberSet.awaitEmpty(performing).pipe(Effect.timeoutOption(drain)))

  /** Whoever waits for it may go away. */
  const apart = <A>(effect: Effect.Effect<A>): Effect.Effect<A> =>
    Effect.flatMap(FiberSet.run(performing, effect), Fiber.join)

  const tell = Effect.fnUntraced(function* (job: Job, ended: Ended) {
    switch (ended._tag) {
      case "Told":
        return ended.answer
      case "HeldBack":
        return heldBackAnswer(job, ended)
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
          // Where another attempt has begun meanwhile, what became of it is somebody else's work.
          ...answerOf(record, record.attempt === ended.claimed.attempt ? outcomeOf(record.state) : "deduped"),
          ...(failure?._tag === "PayloadError" ? { issues: failure.issues } : {}),
          ...(failure?._tag === "ProviderError" && failure.retryAfter !== undefined
            ? { retryAfter: failure.retryAfter * 1_000 }
            : {})
        }
      }
    }
  })

  const perform = Effect.fnUntraced(function* (job: Job): Effect.fn.Return<Performed> {
    const started = yield* Clock.currentTimeMillis
    return yield* apart(
      Semaphore.withPermitsIfAvailable(
        slots,
        1
      )(dedupeThenEffect(job)).pipe(
        Effect.provideContext(context),
        Effect.flatMap(
          Option.match({
            onNone: () => Effect.succeed({ answer: notPerformed(job, tooMany), tried: false }),
            onSome: (ended) => Effect.map(tell(job, ended), (answer) => ({ answer, tried: ended._tag === "Settled" }))
          })
        ),
        Effect.tap(({ answer }) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => intentEnded(log, job, answer, now - started))
        )
      )
    )
  })

  return { apart, perform }
})
