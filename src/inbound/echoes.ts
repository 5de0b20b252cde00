import * as Effect from "effect/Effect"
import { Channels } from "../connector/channels.ts"
import type { InboundEvent } from "../domain/event.ts"
import { Personal } from "../domain/personal.ts"
import { Log } from "../log/log.ts"
import { judge, prove } from "../outbound/sightings.ts"
import { persist } from "./dispatch.ts"

/** Whether an echo of this account can be about an intent of ours at all. */
export const isLookedFor = Effect.fnUntraced(function* (event: InboundEvent) {
  if (event.kind !== "echo" || event.evidence?.callbackData !== undefined) return false
  const channels = yield* Channels
  const account = channels.get(event.connector)?.accounts.get(event.account)
  return [...(account?.capabilities.values() ?? [])].some(({ proof }) => proof === "message-echo")
})

/**
 * An echo that returns nothing of ours is a proof only by its looks (G20). `later`: it came before the answer of a call that
 * it may be of; then it is the receipt of that call, or the proof of a doubt.
 */
export const hearEcho = Effect.fnUntraced(function* (event: InboundEvent) {
  const log = yield* Log
  const personal = Personal.open(event.personal)
  const { connector, providerAccount, occurredAt: createdAt } = event
  const sighting = { messageId: personal.providerId, createdAt }
  const says = yield* persist(
    judge({ connector, providerAccount }, sighting, ({ prepared }) =>
      Effect.succeed(prepared.isEcho?.(personal) === true)
    )
  )
  if (says._tag === "later") return "later"
  if (says._tag === "nothing") return "done"
  const about = { connectorId: connector, accountId: event.account, eventType: event.type }
  if (says._tag === "ambiguous") {
    const { correlationId, eventId } = event
    log.write("warn", "evidence.ignored", {
      ...about,
      correlationId,
      dedupeKey: eventId,
      failureCode: "ambiguous"
    })
    return "done"
  }
  const answer = yield* persist(prove(says.candidate, sighting, "echo"))
  const { record } = says.candidate.kept
  const { correlationId, intentId, attempt, capabilityId } = record
  const applied = answer._tag === "Applied"
  log.write(applied ? "info" : "warn", applied ? "evidence.applied" : "evidence.ignored", {
    ...about,
    correlationId,
    dedupeKey: intentId,
    attempt,
    ...(applied ? { capabilityId, state: answer.record.state } : { failureCode: answer.reason })
  })
  return "done"
})
