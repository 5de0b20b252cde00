import { retryUntilStored } from "../../concurrency/retry.ts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Channels } from "../../connector/channels.ts"
import { type Likeness, likenessOf } from "../../connector/proof.ts"
import type { InboundEvent } from "../../domain/event.ts"
import { Personal } from "../../domain/personal.ts"
import { Log } from "../../log/log.ts"
import type { Candidate } from "../../outbound/doubt/candidates.ts"
import { fingerprintsOfSeen } from "../../outbound/doubt/fingerprints.ts"
import { IntentLedger, sightingLife } from "../../outbound/ledger/intent-ledger.ts"
import { matchEvidence, prove } from "../../outbound/doubt/match-evidence.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import type { OwnApps } from "./own-apps.ts"

/** Whether an echo of this account can be about an intent of ours at all. */
export const isCandidateEcho = Effect.fnUntraced(function* (event: InboundEvent) {
  if (event.kind !== "echo" || event.evidence?.callbackData !== undefined) return false
  const channels = yield* Channels
  const account = channels.get(event.connector)?.accounts.get(event.account)
  return [...(account?.capabilities.values() ?? [])].some(({ proof }) => proof === "message-echo")
})

/** What an echo shows, read by its connector. */
const readEcho = Effect.fnUntraced(function* (event: InboundEvent) {
  const channels = yield* Channels
  const channel = channels.get(event.connector)
  const personal = Personal.open(event.personal)
  const echo = channel?.readEcho?.(personal)
  const likeness = ({ prepared: { traits, isEcho } }: Candidate): Likeness => {
    if (traits !== undefined && echo !== undefined) return likenessOf(traits, echo.traits)
    return isEcho?.(personal) === true ? "same" : "other"
  }
  return {
    messageId: personal.providerId,
    echo,
    likeness: (candidate: Candidate) => Effect.succeed(likeness(candidate)),
    configuredApp: channel?.accounts.get(event.account)?.appId
  }
})

/** `done`; `later`: a call that it may be of has not ended; `undecided`: it may be about more than one intent, or another app. */
export type EchoOutcome = "done" | "later" | "undecided"

/**
 * An echo that returns nothing of ours is a proof only by its looks (G20), and only of what nothing else can have caused
 * (G49). What cannot be told now is judged again, for as long as evidence about a doubt may come; `first` alone says so in
 * the log.
 */
export const hearEcho = Effect.fnUntraced(function* (
  event: InboundEvent,
  apps: OwnApps,
  first = true
): Effect.fn.Return<EchoOutcome, never, Channels | IdHash | IntentLedger | Log> {
  const log = yield* Log
  const hash = yield* IdHash
  const ledger = yield* IntentLedger
  const { connector, providerAccount, occurredAt: createdAt } = event
  const sender = { connector, providerAccount }
  const { messageId, echo, likeness, configuredApp } = yield* readEcho(event)
  const appId = echo?.appId
  const about = { connectorId: connector, accountId: event.account, eventType: event.type }
  const undecided = Effect.fnUntraced(function* (failureCode: "ambiguous" | "unknown_app" | "other_app") {
    const isOver = failureCode === "other_app" || (yield* Clock.currentTimeMillis) - createdAt > sightingLife
    const { correlationId, eventId } = event
    if (first || isOver)
      log.write("warn", "evidence.ignored", { ...about, correlationId, dedupeKey: eventId, failureCode })
    return isOver ? "done" : "undecided"
  })
  // No intent causes what is no message.
  if (echo !== undefined && echo.traits.length === 0) return "done"
  const sighting = { messageId, createdAt }
  const fingerprints = fingerprintsOfSeen(hash, sender, echo?.traits ?? [{}])
  const says = yield* retryUntilStored(matchEvidence({ sender, sighting, fingerprints, likeness }))
  const spent = says.spent.filter((one) => one.fingerprints.length > 0)
  if (spent.length > 0) yield* retryUntilStored(ledger.removeFingerprints(spent))
  switch (says._tag) {
    case "later":
      return "later"
    case "nothing":
      if (says.owner !== undefined && appId !== undefined) apps.learn(sender, appId)
      return "done"
    case "ambiguous":
      return yield* undecided("ambiguous")
    case "proves":
      break
  }
  const whose = appId === undefined ? "ours" : apps.judge(sender, appId, configuredApp)
  if (whose !== "ours") return yield* undecided(`${whose}_app`)
  const answer = yield* retryUntilStored(prove(sender, says.suspect, sighting, "echo"))
  const { correlationId, intentId, capabilityId } = says.suspect.record
  const applied = answer._tag === "Applied"
  log.write(applied ? "info" : "warn", applied ? "evidence.applied" : "evidence.ignored", {
    ...about,
    correlationId,
    dedupeKey: intentId,
    attempt: says.suspect.attempt,
    ...(applied ? { capabilityId, state: answer.record.state } : { failureCode: answer.reason })
  })
  return "done"
})
