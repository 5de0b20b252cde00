import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { PayloadError } from "../domain/failure.ts"
import type { Log } from "../log/log.ts"
import type { IntentAnswer, Named } from "./answer.ts"

const intents = Metric.counter("comporta_intents_total", {
  description: "Intents answered, by capability, outcome and failure class",
  incremental: true
})

const count = (answer: { readonly outcome: string; readonly class: string }, job: Named) =>
  Metric.update(
    Metric.withAttributes(intents, {
      capability: job.target.capability.id,
      outcome: answer.outcome,
      class: answer.class
    }),
    1
  )

/** One outcome line and one count an answer (DESIGN §8.4). */
export const intentEnded = (
  log: Log["Service"],
  job: Named,
  answer: IntentAnswer,
  durationMs: number
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { failure } = answer
    log.write(answer.outcome === "sent" || answer.outcome === "deduped" ? "info" : "warn", "intent.settled", {
      correlationId: answer.correlationId,
      dedupeKey: job.intentId,
      connectorId: job.target.channel.id,
      accountId: job.target.account.id,
      capabilityId: job.target.capability.id,
      outcome: answer.outcome,
      state: answer.state,
      deduped: answer.outcome === "deduped",
      ...(failure === undefined
        ? {}
        : { failureClass: failure.class, failureCode: failure.code, certainty: failure.certainty }),
      durationMs
    })
    return count({ outcome: answer.outcome, class: failure?.class ?? "none" }, job)
  })

export const intentRefused = (log: Log["Service"], job: Named, failure: PayloadError): Effect.Effect<void> =>
  Effect.suspend(() => {
    log.write("warn", "intent.refused", {
      correlationId: job.correlationId,
      dedupeKey: job.intentId,
      connectorId: job.target.channel.id,
      accountId: job.target.account.id,
      capabilityId: job.target.capability.id,
      outcome: "failed",
      deduped: false,
      failureClass: failure._tag,
      failureCode: failure.code,
      certainty: failure.certainty
    })
    return count({ outcome: "failed", class: failure._tag }, job)
  })
