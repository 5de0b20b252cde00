import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { InfraError } from "../../domain/failure.ts"
import type { Log } from "../../log/log.ts"
import type { Change } from "./accounts.ts"
import type { Job } from "../intent/send-job.ts"
import { counters } from "../../metrics/registry.ts"

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
