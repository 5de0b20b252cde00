import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { ChannelAccount } from "../../connector/channel.ts"
import { InfraError } from "../../domain/failure.ts"
import { Log } from "../../log/log.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { accountRefs } from "./account-states.ts"
import { Accounts, type AcquireDecision, type AcquireRequest } from "./accounts.ts"
import { accountChanged, accountUnreported, type CallEnd, reportOf } from "./call-report.ts"
import { makeFiberPool } from "../../concurrency/fiber-pool.ts"
import { type Rejected, rejected } from "./rejected.ts"
import { IntentLedger, type PeekAnswer } from "../ledger/intent-ledger.ts"
import { readinessEnded, SendingEnd } from "../send/sending-end.ts"
import type { Job } from "../intent/resolve-target.ts"

/**
 * Result of admission control. `Admitted`: the intent may be claimed; with `trial`, the end of its call decides over a pause.
 * `AlreadyHandled`: the ledger holds it. `Unavailable`: the store failed, and nothing was claimed.
 */
export type Admission =
  | { readonly _tag: "Admitted"; readonly trial: boolean }
  | { readonly _tag: "AlreadyHandled"; readonly answer: Exclude<PeekAnswer, { readonly _tag: "Free" }> }
  | Rejected
  | { readonly _tag: "Unavailable"; readonly error: InfraError }

/** Checks before every claim that the intent is free, its account not paused, and within the limits (G25, G27). */
export class AdmissionControl extends Context.Service<
  AdmissionControl,
  {
    /**
     * Checks ledger and account in one round trip. An intent that the ledger holds takes nothing from the limits. For an
     * accepted intent only the account is checked: its claim finds out whether it is still accepted.
     */
    readonly pass: (job: Job) => Effect.Effect<Admission>
    /** Reports the end of a call, which may pause the account. Does not wait for the store. */
    readonly ended: (job: Job, end: CallEnd, trial: boolean) => Effect.Effect<void>
  }
>()("comporta/outbound/AdmissionControl") {}

/** Milliseconds between two acquire requests that carry an account's number of `good` calls. Every report carries it. */
const reportIntervalMs = 500

type Acquired = Result.Result<AcquireDecision, InfraError>

/** Returns the store's failure as `not_applied`, for any certainty of its own: nothing was claimed. */
const unavailable = ({ code, operation, transient }: InfraError): Admission => ({
  _tag: "Unavailable",
  error: new InfraError({ code, operation, transient, certainty: "not_applied" })
})

export const layer: Layer.Layer<AdmissionControl, never, Accounts | IntentLedger | IdHash | Log> = Layer.effect(
  AdmissionControl,
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const ledger = yield* IntentLedger
    const log = yield* Log
    const refOf = accountRefs(yield* IdHash)
    // No caller waits for these fibers. A stop may interrupt them; the state of the account recovers with time.
    const { run: runDetached } = yield* makeFiberPool()
    const clock = yield* Clock.Clock
    const { hasEnded } = yield* SendingEnd
    const succeeded = new WeakMap<ChannelAccount, { count: number; reportedAt: number }>()

    /** Takes the number of unreported `good` calls. Returns 0 when it was taken less than `every` milliseconds ago. */
    const takeSucceeded = (account: ChannelAccount, every = 0) => {
      const known = succeeded.get(account)
      if (known === undefined || known.count === 0) return 0
      const now = clock.currentTimeMillisUnsafe()
      if (Math.abs(now - known.reportedAt) < every) return 0
      const { count } = known
      known.count = 0
      known.reportedAt = now
      return count
    }
    const countGood = (account: ChannelAccount) => {
      const known = succeeded.get(account)
      if (known === undefined) succeeded.set(account, { count: 1, reportedAt: Number.NEGATIVE_INFINITY })
      else known.count += 1
    }
    const requestOf = ({ intentId, target, recipient }: Job): AcquireRequest => {
      const ref = refOf(target.channel, target.account)
      return {
        ...ref,
        intentId,
        ...(recipient === undefined ? {} : { recipient }),
        limits: target.capability.limits,
        succeeded: takeSucceeded(target.account, reportIntervalMs)
      }
    }
    const acquire = (job: Job, request: AcquireRequest): Effect.Effect<Acquired> =>
      Effect.matchEffect(accounts.acquire(request), {
        onFailure: (error) => Effect.succeed(Result.fail(error)),
        onSuccess: (decision) => {
          const answer = Effect.succeed(Result.succeed(decision))
          const { resumed } = decision
          return resumed === undefined
            ? answer
            : Effect.andThen(accountChanged(log, job, { _tag: "Resumed", why: resumed }), answer)
        }
      })
    const refund = (request: AcquireRequest, answer: Acquired) => {
      if (Result.isFailure(answer) || answer.success._tag !== "Allowed") return Effect.void
      const { paid, trial } = answer.success
      return paid || trial ? Effect.ignore(accounts.refund(paid ? request : { ...request, limits: [] })) : Effect.void
    }
    const admissionOf = (answer: Acquired): Admission => {
      if (Result.isFailure(answer)) return unavailable(answer.failure)
      const decision = answer.success
      return decision._tag === "Allowed" ? { _tag: "Admitted", trial: decision.trial } : rejected(decision)
    }

    /** Answers an intent that the ledger holds. Refuses any other one, since this process sends nothing more. */
    const afterEnd = (job: Job): Effect.Effect<Admission> =>
      job.accepted === true
        ? Effect.succeed(unavailable(readinessEnded))
        : Effect.match(ledger.peek(job.intentId, job.content), {
            onFailure: unavailable,
            onSuccess: (found) =>
              found._tag === "Free" ? unavailable(readinessEnded) : { _tag: "AlreadyHandled", answer: found }
          })

    return AdmissionControl.of({
      pass: (job) =>
        Effect.suspend(() => {
          if (hasEnded()) return afterEnd(job)
          const request = requestOf(job)
          if (job.accepted === true) return Effect.map(acquire(job, request), admissionOf)
          const acquiring = runDetached(acquire(job, request))
          return Effect.matchEffect(ledger.peek(job.intentId, job.content), {
            onFailure: (error) => Effect.succeed(unavailable(error)),
            onSuccess: (found): Effect.Effect<Admission> => {
              if (found._tag !== "Free") {
                runDetached(Effect.flatMap(Fiber.join(acquiring), (answer) => refund(request, answer)))
                return Effect.succeed({ _tag: "AlreadyHandled", answer: found })
              }
              return Effect.map(Fiber.join(acquiring), (answer) => {
                const admission = admissionOf(answer)
                const { record } = found
                return admission._tag !== "Rejected" || record === undefined ? admission : { ...admission, record }
              })
            }
          })
        }),
      ended: (job, end, trial) =>
        Effect.suspend(() => {
          const { intentId, recipient, target } = job
          const { account } = target
          const told = reportOf(end, trial)
          if (told === undefined) {
            if (end.health === "good") countGood(account)
            return Effect.void
          }
          const whose = {
            ...refOf(target.channel, account, end.credentials),
            intentId,
            ...(recipient === undefined ? {} : { recipient })
          }
          const report = accounts.report({ ...whose, ...told, succeeded: takeSucceeded(account) }).pipe(
            Effect.retry({ schedule: Schedule.exponential("100 millis").pipe(Schedule.jittered), times: 5 }),
            Effect.flatMap((changes) =>
              Effect.forEach(changes, (change) => accountChanged(log, job, change), { discard: true })
            ),
            Effect.catch((error) => accountUnreported(log, job, error))
          )
          runDetached(report)
          return Effect.void
        })
    })
  })
)
