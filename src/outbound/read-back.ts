import * as Effect from "effect/Effect"
import type { Channels } from "../connector/channels.ts"
import { ProviderHttp } from "../connector/provider-http.ts"
import type { Sighting } from "../connector/proof.ts"
import type { IntentId } from "../domain/ids.ts"
import { Log } from "../log/log.ts"
import type { Owner } from "../partition/hold.ts"
import type { IdHash } from "../secrets/id-hash.ts"
import type { IntentLedger } from "./intent-ledger.ts"
import { type Candidate, candidates, couldBe, judge, prove } from "./sightings.ts"

const every = 15_000
const longest = 3_600_000
/** Milliseconds that one look may take. */
const lookDeadline = 10_000
/** Doubts looked for in one round. */
const atOnce = 20

/** What the provider has now; nothing where it does not say. */
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

/** One doubt: what is there that it wanted, and that nobody else can have wanted. */
const look = Effect.fnUntraced(function* (doubt: Candidate) {
  const log = yield* Log
  const found = (yield* find(doubt)) ?? []
  for (const sighting of found.filter((one) => couldBe(one, doubt))) {
    // Asked anew: what another intent is about to have done must not be taken for this one's.
    const says = yield* judge(doubt.sender, sighting, (candidate) =>
      candidate.prepared.find === undefined
        ? Effect.succeed(false)
        : Effect.map(
            find(candidate),
            (its) => its === undefined || its.some(({ messageId }) => messageId === sighting.messageId)
          )
    )
    if (says._tag !== "proves" || says.candidate.kept.record.intentId !== doubt.kept.record.intentId) continue
    const answer = yield* prove(says.candidate, sighting, "read_back")
    const { record } = doubt.kept
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
 * Looks at the provider for doubts that can be read back, each again and again at growing intervals, until it has ended or
 * is final (G20). The owner of the first partition alone does it. Never ends.
 */
export const readBack = (
  owner: Owner
): Effect.Effect<never, never, IntentLedger | Channels | IdHash | ProviderHttp | Log> => {
  if (owner.partition !== 0) return Effect.never
  const looked = new Map<IntentId, { readonly times: number; readonly next: number }>()
  let at = 0
  const round = Effect.gen(function* () {
    const { all } = yield* candidates
    const doubts = all.filter(
      ({ kept, prepared }) =>
        kept.record.state === "in_doubt" && kept.record.final !== true && prepared.find !== undefined
    )
    const open = new Set(doubts.map(({ kept }) => kept.record.intentId))
    for (const intentId of looked.keys()) if (!open.has(intentId)) looked.delete(intentId)
    const due = doubts.filter(({ kept }) => (looked.get(kept.record.intentId)?.next ?? 0) <= at)
    for (const doubt of due.slice(0, atOnce)) {
      const times = (looked.get(doubt.kept.record.intentId)?.times ?? 0) + 1
      looked.set(doubt.kept.record.intentId, {
        times,
        next: at + Math.min(longest, every * 2 ** Math.min(times - 1, 10))
      })
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
