import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { Channel, Prepared } from "../../connector/channel.ts"
import { type Caller, ProviderHttp } from "../../connector/provider-http.ts"
import { type Failure, InfraError, ProviderError } from "../../domain/failure.ts"
import type { Receipt } from "../../domain/intent.ts"
import { type ProviderHealth, healthOfFailure, type LastRequest, providerHealth } from "../accounts/provider-health.ts"
import { isCredentialRefused, renewCredentials } from "./refresh-credentials.ts"
import { SendingEnd } from "./sending-end.ts"
import { lazyRetry } from "../../concurrency/lazy-retry.ts"
import type { Target } from "../intent/resolve-target.ts"
import type { CallEnd } from "../accounts/call-report.ts"

/** Milliseconds after the claim within which the first byte must be sent (G16). */
export const startWithin = 5_000
const startWithinNanos = BigInt(startWithin) * 1_000_000n
/** Milliseconds after which the socket of an unfinished request is destroyed. */
export const requestDeadline = 10_000
/** Milliseconds after a claim from which no call of it can be under way. */
export const callMillis = startWithin + requestDeadline

/** Wall and monotonic time of a claim. A process that was frozen, or whose clock was set, must not call. */
export interface ClaimedAt {
  readonly wall: number
  readonly monotonic: bigint
}

/** Observations of the requests of one call. */
interface Seen {
  left: boolean
  last: LastRequest
  holdStill: number
}

const watched = (caller: Caller, seen: Seen, throttleSeconds: Channel["throttleSeconds"]): Caller => ({
  call: (request) =>
    Effect.mapBoth(caller.call(request), {
      onSuccess: (answer) => {
        seen.last = { _tag: "Answered", answer }
        seen.holdStill = Math.max(seen.holdStill, throttleSeconds(answer))
        return answer
      },
      onFailure: (error) => {
        seen.last = { _tag: "Lost", error }
        return error
      }
    }),
  open: caller.open
})

const healthOf = (ended: Result.Result<Receipt, Failure>, seen: Seen, { isOwnAnswer }: Channel): ProviderHealth =>
  Result.isSuccess(ended) ? providerHealth.succeeded.health : healthOfFailure(seen.last, isOwnAnswer)

const schedule = Schedule.exponential("150 millis").pipe(Schedule.jittered)

/**
 * Calls the provider under one claim. Retries a failure of the gateway's side that certainly did nothing. Retries an unknown
 * outcome at most `retryUnknown` times, which only a capability whose repetition is harmless allows.
 */
export const call = Effect.fnUntraced(function* (
  { account, channel, capability }: Target,
  prepared: Prepared,
  callbackData: string,
  claimed: ClaimedAt
): Effect.fn.Return<CallEnd, never, ProviderHttp> {
  const http = yield* ProviderHttp
  const clock = yield* Clock.Clock
  const { hasEnded } = yield* SendingEnd
  const mayStart = () =>
    !hasEnded() &&
    clock.currentTimeMillisUnsafe() - claimed.wall < startWithin &&
    clock.monotonicTimeNanosUnsafe() - claimed.monotonic < startWithinNanos
  const seen: Seen = { left: false, last: { _tag: "Nothing" }, holdStill: 0 }
  let unknowns = 0
  let credentials: CallEnd["credentials"] = []
  const once = Effect.suspend(() => {
    let started = false
    credentials = account.credentials()
    const within = http.within({
      deadline: requestDeadline,
      mayStart: () => {
        const may = mayStart()
        started ||= may
        seen.left ||= may
        return may
      }
    })
    const bound = watched(within, seen, channel.throttleSeconds)
    return Effect.suspend(() => prepared.perform(callbackData)).pipe(
      Effect.provideService(ProviderHttp, { ...bound, within: () => bound }),
      Effect.catchCause((cause) => {
        const failure = failureOf(cause, started)
        unknowns += failure.certainty === "unknown" ? 1 : 0
        return Effect.fail(failure)
      })
    )
  })
  const tries = (effect: typeof once) =>
    Effect.retry(effect, {
      schedule,
      times: 3,
      while: (failure) => {
        if (!mayStart()) return false
        if (failure.certainty === "unknown") return unknowns <= capability.retryUnknown
        return failure._tag === "InfraError" && failure.transient
      }
    })
  const ended = yield* Effect.result(
    lazyRetry(once, (first) =>
      tries(first).pipe(
        // The credential may have been rotated: a new one is tried once, under the same claim.
        Effect.catchIf(
          (failure) => isCredentialRefused(failure) && unknowns === 0 && mayStart(),
          (failure) =>
            Effect.flatMap(renewCredentials(channel, account, credentials), (renewed) =>
              renewed ? tries(once) : Effect.fail(failure)
            )
        ),
        // An earlier try may have been applied, even when the last one certainly was not.
        Effect.mapError((failure) => (unknowns > 0 && failure.certainty === "not_applied" ? doubt(failure) : failure))
      )
    )
  )
  return { ended, health: healthOf(ended, seen, channel), left: seen.left, holdStill: seen.holdStill, credentials }
})

const doubt = (failure: Failure) =>
  new ProviderError({
    code: failure.code,
    certainty: "unknown",
    transient: false,
    pauses: failure._tag === "ProviderError" ? failure.pauses : "nothing",
    ...(failure._tag === "InfraError" || failure.httpStatus === undefined ? {} : { httpStatus: failure.httpStatus }),
    ...(failure._tag === "InfraError" || failure.providerTraceId === undefined
      ? {}
      : { providerTraceId: failure.providerTraceId }),
    ...(failure._tag === "InfraError" || failure.explanation === undefined ? {} : { explanation: failure.explanation }),
    detail: "an earlier request of this call was sent, and its outcome is unknown"
  })

/** Returns the failure of one try. A defect of the connector is `unknown`, as a lost answer is, unless no byte was sent. */
const failureOf = (cause: Cause.Cause<Failure>, started: boolean): Failure => {
  const failed = cause.reasons.find(Cause.isFailReason)?.error
  // `NotSent` concerns only the last request of the try; an earlier request may have been applied.
  if (failed !== undefined) return started && failed._tag === "InfraError" ? doubt(failed) : failed
  return started
    ? new ProviderError({
        code: "defect",
        certainty: "unknown",
        transient: false,
        pauses: "nothing",
        detail: "the connector failed after the request was sent"
      })
    : new InfraError({
        code: "defect",
        operation: "the connector failed before the request left",
        certainty: "not_applied",
        transient: false
      })
}
