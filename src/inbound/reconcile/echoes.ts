import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { retryUntilStored } from "../../concurrency/retry.ts"
import { Channels } from "../../connector/channel.ts"
import { type Likeness, likenessOf } from "../../connector/proof.ts"
import type { InboundEvent } from "../../domain/event.ts"
import { Personal } from "../../domain/personal.ts"
import type { Sender } from "../../identity/derive.ts"
import { Log } from "../../log/log.ts"
import { Observe } from "../../observe/observe.ts"
import type { Candidate } from "../../outbound/doubt/candidates.ts"
import { fingerprintsOfSeen } from "../../outbound/doubt/look-alikes.ts"
import { matchEvidence, prove } from "../../outbound/doubt/match-evidence.ts"
import { IntentLedger, sightingLife } from "../../outbound/ledger/intent-ledger.ts"
import { IdHash } from "../../secrets/id-hash.ts"

/** Apps that send for each account. This process learns them from the echoes of its own messages. */
export interface OwnApps {
  readonly learn: (sender: Sender, appId: string) => void
  /**
   * Returns `ours` for a learnt or configured app. Returns `unknown` while no app has been learnt: echoes may show the
   * configured app under another id.
   */
  readonly judge: (sender: Sender, appId: string, configured: string | undefined) => "ours" | "other" | "unknown"
}

/** Apps kept for one account, which may move to another app. */
const maxApps = 8

export const ownApps = (): OwnApps => {
  const learnt = new Map<string, ReadonlyArray<string>>()
  const keyOf = ({ connector, providerAccount }: Sender) => `${connector} ${providerAccount}`
  return {
    learn: (sender, appId) => {
      const known = learnt.get(keyOf(sender)) ?? []
      if (!known.includes(appId)) learnt.set(keyOf(sender), [...known, appId].slice(-maxApps))
    },
    judge: (sender, appId, configured) => {
      const known = learnt.get(keyOf(sender)) ?? []
      if (appId === configured || known.includes(appId)) return "ours"
      return known.length > 0 ? "other" : "unknown"
    }
  }
}

/**
 * Returns true for an echo that may prove an intent: it has no callback data, and its account has a capability that echoes
 * prove.
 */
export const isCandidateEcho = Effect.fnUntraced(function* (event: InboundEvent) {
  if (event.kind !== "echo" || event.evidence?.callbackData !== undefined) return false
  const channels = yield* Channels
  const account = channels.get(event.connector)?.accounts.get(event.account)
  return [...(account?.capabilities.values() ?? [])].some(({ proof }) => proof === "message-echo")
})

/** Reads an echo with its connector. */
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

/** `later`: a call that may have caused the echo has not ended. `undecided`: several intents, or another app, may have. */
type EchoOutcome = "done" | "later" | "undecided"

/**
 * Applies an echo without callback data as evidence. It proves an intent only by its content (G20), and only when nothing
 * else can have caused it (G49). An undecided echo is judged again for as long as evidence about a doubt may arrive. Logs
 * this when `first` is true, and when that time is over.
 */
export const applyEcho = Effect.fnUntraced(function* (
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
  // An echo without traits is no message, and no intent caused it.
  if (echo !== undefined && echo.traits.length === 0) return "done"
  const sighting = { messageId, createdAt }
  const fingerprints = fingerprintsOfSeen(hash, sender, echo?.traits ?? [{}])
  const match = yield* retryUntilStored(matchEvidence({ sender, sighting, fingerprints, likeness }))
  const spent = match.spent.filter((one) => one.fingerprints.length > 0)
  if (spent.length > 0) yield* retryUntilStored(ledger.removeFingerprints(spent))
  switch (match._tag) {
    case "later":
      return "later"
    case "nothing":
      if (match.owner !== undefined && appId !== undefined) apps.learn(sender, appId)
      if (match.owner !== undefined) (yield* Observe).receiptEchoed(match.owner, event)
      return "done"
    case "ambiguous":
      return yield* undecided("ambiguous")
    case "proves":
      break
  }
  const appOwner = appId === undefined ? "ours" : apps.judge(sender, appId, configuredApp)
  if (appOwner !== "ours") return yield* undecided(`${appOwner}_app`)
  const answer = yield* retryUntilStored(prove(sender, match.suspect, sighting, "echo"))
  const { correlationId, intentId, capabilityId } = match.suspect.record
  const applied = answer._tag === "Applied"
  log.write(applied ? "info" : "warn", applied ? "evidence.applied" : "evidence.ignored", {
    ...about,
    correlationId,
    dedupeKey: intentId,
    attempt: match.suspect.attempt,
    ...(applied ? { capabilityId, state: answer.record.state } : { failureCode: answer.reason })
  })
  return "done"
})
