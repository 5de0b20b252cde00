import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { PayloadError } from "../../domain/failure.ts"
import type { Log } from "../../log/log.ts"
import { failureFields } from "../../log/failure-fields.ts"
import type { IntentAnswer, Named } from "./intent-result.ts"
import { counters, seriesOf } from "../../metrics/registry.ts"

/** One series for each capability, outcome and class. Their number is bounded by the configuration. */
const series = new Map<string, Metric.Counter<number>>()

const count = (answer: { readonly outcome: string; readonly class: string }, job: Named): Effect.Effect<void> => {
  const capability = job.target.capability.id
  const name = `${capability} ${answer.outcome} ${answer.class}`
  let counter = series.get(name)
  if (counter === undefined) {
    counter = seriesOf(counters.intents, { capability, outcome: answer.outcome, class: answer.class })
    series.set(name, counter)
  }
  return Metric.update(counter, 1)
}

const countUnlisted = ({ target }: Named): Effect.Effect<void> =>
  Metric.update(seriesOf(counters.intentsUnlisted, { connector: target.channel.id }), 1)

const eventOf = ({ outcome }: IntentAnswer) => (outcome === "accepted" ? "intent.accepted" : "intent.settled")

/** Returns the names that every line about an intent has. */
export const intentFields = ({ correlationId, intentId, target }: Named) => ({
  correlationId,
  dedupeKey: intentId,
  connectorId: target.channel.id,
  accountId: target.account.id,
  capabilityId: target.capability.id
})

/** Logs and counts each answer once (`docs/reference/log.md`). Does not count an attempt that is rescheduled. */
export const intentEnded = (
  log: Log["Service"],
  job: Named,
  answer: IntentAnswer,
  durationMs: number
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { failure } = answer
    const waits = job.accepted === true && answer.state === "accepted"
    const fine = answer.outcome === "sent" || answer.outcome === "deduped" || (answer.outcome === "accepted" && !waits)
    log.write(fine ? "info" : "warn", waits ? "intent.waits" : eventOf(answer), {
      correlationId: answer.correlationId,
      dedupeKey: job.intentId,
      connectorId: job.target.channel.id,
      accountId: job.target.account.id,
      capabilityId: job.target.capability.id,
      outcome: answer.outcome,
      state: answer.state,
      deduped: answer.outcome === "deduped",
      ...(failure === undefined ? {} : failureFields(failure)),
      durationMs
    })
    if (waits) return Effect.void
    const counted = count({ outcome: answer.outcome, class: failure?.class ?? "none" }, job)
    const first = answer.outcome === "failed" && failure?.unlisted === true
    return first ? Effect.andThen(countUnlisted(job), counted) : counted
  })

/** Logs and counts an intent whose content is invalid. */
export const intentRefused = (log: Log["Service"], job: Named, failure: PayloadError): Effect.Effect<void> =>
  Effect.suspend(() => {
    log.write("warn", "intent.refused", {
      ...intentFields(job),
      outcome: "failed",
      deduped: false,
      failureClass: failure._tag,
      failureCode: failure.code,
      certainty: failure.certainty
    })
    return count({ outcome: "failed", class: failure._tag }, job)
  })
