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
import { accountRefs } from "./account-ref.ts"
import { Accounts, type AcquireDecision, type AcquireRequest } from "./accounts.ts"
import { reportOf, type CallEnd } from "./call-report.ts"
import { makeFiberPool } from "../../concurrency/fiber-pool.ts"
import { type HeldBack, heldBack } from "./rejected.ts"
import { IntentLedger, type PeekAnswer } from "../ledger/intent-ledger.ts"
import type { Job } from "../intent/send-job.ts"
import { accountChanged, accountUnreported } from "./telemetry.ts"

/** `Open`: it may be claimed; `trial`: how its call ends decides over a pause. */
export type Admission =
  | { readonly _tag: "Open"; readonly trial: boolean }
  | { readonly _tag: "Known"; readonly answer: Exclude<PeekAnswer, { readonly _tag: "Free" }> }
  | HeldBack
  | { readonly _tag: "Shut"; readonly error: InfraError }

/** Before every claim: is there anything to perform, is the account open, and do its limits allow one more (G25, G27)? */
export class AdmissionControl extends Context.Service<
  AdmissionControl,
  {
    /**
     * In one round trip. What was performed before is told, and pays nothing. What was accepted is known to wait for its
     * turn, and its claim tells whether it still does.
     */
    readonly pass: (job: Job) => Effect.Effect<Admission>
    /** What a call has ended with, for the next ones; asks for no answer. */
    readonly ended: (job: Job, end: CallEnd, trial: boolean) => Effect.Effect<void>
  }
>()("comporta/outbound/Gate") {}

/** Milliseconds between two askings of an account that tell of calls that have ended well. A report always tells. */
const tellEvery = 500

type Asked = Result.Result<AcquireDecision, InfraError>

/** Whatever became of the question, nothing was claimed. */
const shut = ({ code, operation, transient }: InfraError): Admission => ({
  _tag: "Shut",
  error: new InfraError({ code, operation, transient, certainty: "not_applied" })
})

export const layer: Layer.Layer<AdmissionControl, never, Accounts | IntentLedger | IdHash | Log> = Layer.effect(
  AdmissionControl,
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const ledger = yield* IntentLedger
    const log = yield* Log
    const refOf = accountRefs(yield* IdHash)
    // Nobody waits for these; what a stop cuts heals with time.
    const { run: tell } = yield* makeFiberPool()
    const clock = yield* Clock.Clock
    const succeeded = new WeakMap<ChannelAccount, { count: number; toldAt: number }>()

    /** Calls that have ended well and were not told of yet: all of them, or none where some were told a moment ago. */
    const toldSince = (account: ChannelAccount, every = 0) => {
      const known = succeeded.get(account)
      if (known === undefined || known.count === 0) return 0
      const now = clock.currentTimeMillisUnsafe()
      if (Math.abs(now - known.toldAt) < every) return 0
      const { count } = known
      known.count = 0
      known.toldAt = now
      return count
    }
    const endedWell = (account: ChannelAccount) => {
      const known = succeeded.get(account)
      if (known === undefined) succeeded.set(account, { count: 1, toldAt: Number.NEGATIVE_INFINITY })
      else known.count += 1
    }
    const askingOf = ({ intentId, target, recipient }: Job): AcquireRequest => {
      const ref = refOf(target.channel, target.account)
      return {
        ...ref,
        intentId,
        ...(recipient === undefined ? {} : { recipient }),
        limits: target.capability.limits,
        succeeded: toldSince(target.account, tellEvery)
      }
    }
    const ask = (job: Job, asking: AcquireRequest): Effect.Effect<Asked> =>
      Effect.matchEffect(accounts.ask(asking), {
        onFailure: (error) => Effect.succeed(Result.fail(error)),
        onSuccess: (allowance) => {
          const answer = Effect.succeed(Result.succeed(allowance))
          const { resumed } = allowance
          return resumed === undefined
            ? answer
            : Effect.andThen(accountChanged(log, job, { _tag: "Resumed", why: resumed }), answer)
        }
      })
    const refund = (asking: AcquireRequest, answer: Asked) => {
      if (Result.isFailure(answer) || answer.success._tag !== "Allowed") return Effect.void
      const { paid, trial } = answer.success
      return paid || trial ? Effect.ignore(accounts.refund(paid ? asking : { ...asking, limits: [] })) : Effect.void
    }
    const passageOf = (answer: Asked): Admission => {
      if (Result.isFailure(answer)) return shut(answer.failure)
      const allowance = answer.success
      return allowance._tag === "Allowed" ? { _tag: "Open", trial: allowance.trial } : heldBack(allowance)
    }

    return AdmissionControl.of({
      pass: (job) =>
        Effect.suspend(() => {
          const asking = askingOf(job)
          if (job.accepted === true) return Effect.map(ask(job, asking), passageOf)
          const asked = tell(ask(job, asking))
          return Effect.matchEffect(ledger.peek(job.intentId, job.content), {
            onFailure: (error) => Effect.succeed(shut(error)),
            onSuccess: (found): Effect.Effect<Admission> => {
              if (found._tag !== "Free") {
                tell(Effect.flatMap(Fiber.join(asked), (answer) => refund(asking, answer)))
                return Effect.succeed({ _tag: "Known", answer: found })
              }
              return Effect.map(Fiber.join(asked), (answer) => {
                const passage = passageOf(answer)
                const { record } = found
                return passage._tag !== "HeldBack" || record === undefined ? passage : { ...passage, record }
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
            if (end.health === "good") endedWell(account)
            return Effect.void
          }
          const whose = {
            ...refOf(target.channel, account, end.credentials),
            intentId,
            ...(recipient === undefined ? {} : { recipient })
          }
          const report = accounts.report({ ...whose, ...told, succeeded: toldSince(account) }).pipe(
            Effect.retry({ schedule: Schedule.exponential("100 millis").pipe(Schedule.jittered), times: 5 }),
            Effect.flatMap((changes) =>
              Effect.forEach(changes, (change) => accountChanged(log, job, change), { discard: true })
            ),
            Effect.catch((error) => accountUnreported(log, job, error))
          )
          tell(report)
          return Effect.void
        })
    })
  })
)
