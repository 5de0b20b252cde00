import * as Effect from "effect/Effect"
import { type Backoff, backoffDelay } from "../../concurrency/backoff.ts"
import type { Channels } from "../../connector/channel.ts"
import { ProviderHttp } from "../../connector/provider-http.ts"
import { type Likeness, likenessOf, type Sighting } from "../../connector/proof.ts"
import type { IntentId } from "../../domain/ids.ts"
import { Log } from "../../log/log.ts"
import type { Owner } from "../../partition/hold.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { type Candidate, listCandidates } from "./candidates.ts"
import { fingerprintOf, isInTime } from "./look-alikes.ts"
import type { IntentLedger } from "../ledger/intent-ledger.ts"
import { matchEvidence, prove } from "./match-evidence.ts"

/** Milliseconds between two rounds. */
const every = 15_000
/** Intervals between two reads of one doubt. */
export const readBackBackoff: Backoff = { baseMs: every, maxMs: 3_600_000 }
/** Milliseconds that one read may take. */
const lookDeadline = 10_000
/** Maximum number of doubts read back in one round. */
const atOnce = 20

/** Reads the messages that the provider has now. Returns `undefined` when it does not answer. */
const find = Effect.fnUntraced(function* (
  candidate: Candidate
): Effect.fn.Return<ReadonlyArray<Sighting> | undefined, never, ProviderHttp> {
  const http = yield* ProviderHttp
  const bound = http.within({ deadline: lookDeadline, mayStart: () => true })
  const { prepared, kept } = candidate
  const since = kept.record.claimedAt ?? kept.now
  return yield* (prepared.find?.(since) ?? Effect.succeed([])).pipe(
    Effect.provideService(ProviderHttp, { ...bound, within: () => bound }),
    Effect.catchCause(() => Effect.succeed(undefined))
  )
})

/** Compares a message found for a doubt with another intent. Asks the provider when their traits do not decide. */
const alike = (doubt: Candidate, candidate: Candidate, { messageId }: Sighting) => {
  const [wanted, other] = [doubt.prepared.traits, candidate.prepared.traits]
  if (candidate.kept.record.intentId === doubt.kept.record.intentId) return Effect.succeed<Likeness>("same")
  if (wanted !== undefined && other !== undefined) return Effect.succeed(likenessOf(other, [wanted]))
  if (candidate.prepared.find === undefined) return Effect.succeed<Likeness>("other")
  return Effect.map(find(candidate), (its): Likeness =>
    its === undefined || its.some((one) => one.messageId === messageId) ? "same" : "other"
  )
}

/** Reads back one doubt, and proves it by a message that no other intent can have caused. */
const look = Effect.fnUntraced(function* (doubt: Candidate) {
  const log = yield* Log
  const hash = yield* IdHash
  const { sender, kept, prepared } = doubt
  const { record } = kept
  const { traits } = prepared
  const found = (yield* find(doubt)) ?? []
  const beside = new Set(found.map(({ messageId }) => messageId))
  const fingerprints = new Map<string, Likeness>(
    traits === undefined ? [] : [[fingerprintOf(hash, sender, traits), "same"]]
  )
  for (const sighting of found.filter(({ createdAt }) => isInTime(createdAt, record.claimedAt ?? kept.now))) {
    // Reads the other intents again for each message: one that another call has just caused must not prove this doubt.
    const likeness = (candidate: Candidate) => alike(doubt, candidate, sighting)
    const says = yield* matchEvidence({ sender, sighting, fingerprints, likeness, beside })
    if (says._tag !== "proves" || says.suspect.intentId !== record.intentId) continue
    const answer = yield* prove(sender, says.suspect, sighting, "read_back")
    log.write("info", answer._tag === "Applied" ? "evidence.applied" : "evidence.ignored", {
      correlationId: record.correlationId,
      dedupeKey: record.intentId,
      connectorId: record.connector,
      accountId: record.account,
      capabilityId: record.capabilityId,
      attempt: record.attempt,
      ...(answer._tag === "Applied" ? { state: answer.record.state } : { failureCode: answer.reason })
    })
    return
  }
})

/**
 * Reads doubts back from the provider, each at growing intervals, until it has ended or is final (G20). Only the owner of the
 * first partition does so. Never ends.
 */
export const readBack = (
  owner: Owner
): Effect.Effect<never, never, IntentLedger | Channels | IdHash | ProviderHttp | Log> => {
  if (owner.partition !== 0) return Effect.never
  const looked = new Map<IntentId, { readonly times: number; readonly next: number }>()
  let at = 0
  const round = Effect.gen(function* () {
    const { all } = yield* listCandidates("provable")
    const doubts = all.filter(
      ({ kept, prepared }) =>
        kept.record.state === "in_doubt" && kept.record.final !== true && prepared.find !== undefined
    )
    const open = new Set(doubts.map(({ kept }) => kept.record.intentId))
    for (const intentId of looked.keys()) if (!open.has(intentId)) looked.delete(intentId)
    const due = doubts.filter(({ kept }) => (looked.get(kept.record.intentId)?.next ?? 0) <= at)
    for (const doubt of due.slice(0, atOnce)) {
      const times = looked.get(doubt.kept.record.intentId)?.times ?? 0
      looked.set(doubt.kept.record.intentId, { times: times + 1, next: at + backoffDelay(readBackBackoff, times) })
      yield* look(doubt)
    }
  })
  return Effect.forever(
    Effect.gen(function* () {
      yield* Effect.ignore(round)
      yield* Effect.sleep(every)
      at += every
    })
  )
}
