import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Failure, InfraError, ProviderError } from "../../domain/failure.ts"
import type { Receipt } from "../../domain/intent.ts"
import type { Log } from "../../log/log.ts"
import { counters } from "../../metrics/registry.ts"
import type { Job } from "../intent/resolve-target.ts"
import { type CallReport, type Change, type HowLong, longestAsked } from "./accounts.ts"
import type { ProviderHealth } from "./provider-health.ts"

/** End of one call, with all that its answers said. */
export interface CallEnd {
  readonly ended: Result.Result<Receipt, Failure>
  /** Health of the provider that the last request shows. */
  readonly health: ProviderHealth
  /** True once a first byte was sent. */
  readonly left: boolean
  /** Seconds for which an answer asked to pause the account; 0 when none did. */
  readonly holdStill: number
  /** Secrets of the account when the last request began. A rejection concerns these. */
  readonly credentials: ReadonlyArray<Redacted.Redacted<string>>
}

type Lasting = Pick<CallReport, "pause" | "hold" | "code">

const asked = (seconds: number): HowLong => ({ asked: Math.min(longestAsked, seconds * 1_000) })

const pausedBy = ({ pauses, retryAfter, code }: ProviderError): Lasting => {
  if (pauses === "nothing") return { code }
  if (pauses.of === "account" && pauses.why !== "throttled") return { code, pause: { why: pauses.why } }
  const long = retryAfter === undefined ? { wait: pauses.wait } : asked(retryAfter)
  return pauses.of === "recipient" ? { code, hold: long } : { code, pause: { why: "throttled", long } }
}

const lastingOf = ({ ended, holdStill }: CallEnd): Lasting => {
  const failure = Result.isFailure(ended) ? ended.failure : undefined
  const told = failure?._tag === "ProviderError" ? pausedBy(failure) : { code: failure?.code ?? "" }
  if (holdStill === 0 || told.pause !== undefined) return told
  return { ...told, code: "usage", pause: { why: "throttled", long: asked(holdStill) } }
}

/** Returns what must be reported of a call. Returns `undefined` when the call needs no report of its own. */
export const reportOf = (
  end: CallEnd,
  trial: boolean
): (Lasting & Pick<CallReport, "health" | "payAgain">) | undefined => {
  const { ended, health, left } = end
  const payAgain = left && Result.isFailure(ended) && ended.failure.certainty === "not_applied"
  const lasting = lastingOf(end)
  const matters = trial || health === "bad" || lasting.pause !== undefined || lasting.hold !== undefined || payAgain
  return matters ? { ...lasting, health, payAgain } : undefined
}

const about = ({ intentId, correlationId, target }: Job) => ({
  correlationId,
  dedupeKey: intentId,
  connectorId: target.channel.id,
  accountId: target.account.id
})

const labels = ({ target }: Job) => ({ connector: target.channel.id, account: target.account.id })

/** Logs each change of an account, and counts each pause and hold, in the process that caused it. */
export const accountChanged = (log: Log["Service"], job: Job, change: Change): Effect.Effect<void> =>
  Effect.suspend(() => {
    switch (change._tag) {
      case "Paused": {
        const { why, code, since, until } = change.pause
        log.write("error", "account.paused", {
          ...about(job),
          why,
          ...(code === undefined ? {} : { failureCode: code }),
          ...(until === undefined ? {} : { durationMs: until - since })
        })
        return Metric.update(Metric.withAttributes(counters.accountPauses, { ...labels(job), why }), 1)
      }
      case "Resumed":
        log.write("info", "account.resumed", { ...about(job), why: change.why })
        return Effect.void
      case "Held":
        log.write("warn", "recipient.held", { ...about(job), durationMs: change.wait })
        return Metric.update(Metric.withAttributes(counters.recipientHolds, labels(job)), 1)
    }
  })

/** Logs that the report of a call did not reach the store. The next call shows the same state again. */
export const accountUnreported = (log: Log["Service"], job: Job, error: InfraError): Effect.Effect<void> =>
  Effect.sync(() =>
    log.write("warn", "account.unreported", { ...about(job), failureClass: error._tag, failureCode: error.code })
  )
