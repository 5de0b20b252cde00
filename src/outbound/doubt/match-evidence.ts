import * as Effect from "effect/Effect"
import { Channels } from "../../connector/channel.ts"
import type { Likeness, Sighting } from "../../connector/proof.ts"
import type { InfraError } from "../../domain/failure.ts"
import type { IntentId } from "../../domain/ids.ts"
import type { IntentRecord } from "../../domain/intent.ts"
import { receiptMark, type Sender } from "../../identity/derive.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { type Candidate, candidateOf, isOf, listCandidates } from "./candidates.ts"
import { type FingerprintMatches, IntentLedger, type KeptRequest, type LookAlike } from "../ledger/intent-ledger.ts"
import { claimedFor, deniedAt, isInTime, stateOfAttempt } from "./look-alikes.ts"

/** A message seen at the provider, and how it is compared with intents. */
export interface SeenEvidence<R> {
  readonly sender: Sender
  readonly sighting: Sighting
  /** Fingerprints that its intent may have. When empty, only requests are compared. */
  readonly fingerprints: ReadonlyMap<string, Likeness>
  /** Compares the message with one request. */
  readonly likeness: (candidate: Candidate) => Effect.Effect<Likeness, never, R>
  /** Ids of messages that were seen together with it: an intent that owns one of them has caused that one. */
  readonly beside?: ReadonlySet<string>
}

/** Attempt that may have caused the message seen. */
export interface Suspect extends LookAlike {
  readonly record: IntentRecord
}

/**
 * Result of matching a sighting. `proves`: it proves one attempt. `later`: it may prove one once a call has ended.
 * `nothing`: it is the receipt of `owner`, or no intent can have caused it. `ambiguous`: more than one attempt, or an unknown
 * one, may have caused it, so it proves none (G49). `spent`: attempts that can cause no more messages.
 */
export type EvidenceMatch = { readonly spent: ReadonlyArray<LookAlike> } & (
  | { readonly _tag: "proves"; readonly suspect: Suspect }
  | { readonly _tag: "later" | "ambiguous" }
  | { readonly _tag: "nothing"; readonly owner?: IntentId }
)

interface Judged extends LookAlike {
  readonly state: ReturnType<typeof stateOfAttempt>
  readonly likeness: Likeness
}

const noMatches: FingerprintMatches = { attempts: [], complete: true, unindexed: true }

const asLookAlike = ({ record, now }: KeptRequest): LookAlike => ({
  intentId: record.intentId,
  attempt: record.attempt,
  fingerprints: [],
  claimedAt: record.claimedAt ?? now,
  record
})

/** Reads the attempts of this account and this time that only their request describes. */
const described = Effect.fnUntraced(function* <R>(
  { sender, sighting, fingerprints, likeness }: SeenEvidence<R>,
  known: ReadonlyArray<LookAlike>
) {
  const { all, unknown } = yield* listCandidates(fingerprints.size === 0 ? "provable" : "unindexed")
  const { from, to } = claimedFor(sighting.createdAt)
  const indexed = new Set(known.map(({ intentId }) => intentId))
  const mayCause = ({ record, now }: KeptRequest) => {
    const { connector, intentId, claimedAt = now } = record
    return connector === sender.connector && claimedAt >= from && claimedAt <= to && !indexed.has(intentId)
  }
  const possible = all.filter((candidate) => isOf(sender, candidate) && mayCause(candidate.kept))
  const judged = yield* Effect.forEach(
    possible,
    (candidate) =>
      Effect.map(likeness(candidate), (is): Judged => {
        const one = asLookAlike(candidate.kept)
        return { ...one, state: stateOfAttempt(one), likeness: is }
      }),
    { concurrency: 4 }
  )
  // An intent whose request cannot be read may have caused this message.
  const untold = unknown.flatMap((kept): ReadonlyArray<Judged> =>
    mayCause(kept) ? [{ ...asLookAlike(kept), state: "caused", likeness: "maybe" }] : []
  )
  return [...judged.filter((one) => one.likeness !== "other"), ...untold]
})

/** Reads the owner of the receipt, and every attempt that may have caused the message. */
const investigate = Effect.fnUntraced(function* <R>(seen: SeenEvidence<R>) {
  const ledger = yield* IntentLedger
  const hash = yield* IdHash
  const { sender, sighting, fingerprints } = seen
  const mark = receiptMark(hash, sender, sighting.messageId)
  const search = { fingerprints: [...fingerprints.keys()], mark, ...claimedFor(sighting.createdAt) }
  const found = fingerprints.size === 0 ? noMatches : yield* ledger.findByFingerprint(search)
  const indexed = found.attempts.map((one): Judged => {
    const is = one.fingerprints.some((each) => fingerprints.get(each) === "same") ? "same" : "maybe"
    return { ...one, state: stateOfAttempt(one), likeness: is }
  })
  if (!found.unindexed) return { owner: found.owner, suspects: indexed, complete: found.complete }
  const more = yield* described(seen, found.attempts)
  // Read last, so that an intent that ended meanwhile is found as the owner.
  const owner = found.owner ?? (yield* ledger.receiptOf(mark))
  return { owner, suspects: [...indexed, ...more], complete: found.complete }
})

/** Returns the attempts of the owner that caused this message. */
const ofOwner = (owner: IntentId, messageId: string, suspects: ReadonlyArray<Judged>): ReadonlyArray<LookAlike> => {
  const its = suspects.filter(({ intentId }) => intentId === owner)
  if (its.length < 2) return its
  return its.filter(({ attempt, record }) => attempt === record?.attempt && record.receipt?.messageId === messageId)
}

/** Returns true when the message is certainly that of the suspect. Compares the request when fingerprints do not decide. */
const isSame = Effect.fnUntraced(function* <R>({ likeness }: SeenEvidence<R>, suspect: Judged) {
  if (suspect.likeness === "same") return true
  const ledger = yield* IntentLedger
  const kept = yield* ledger.kept(suspect.intentId)
  const candidate = kept === undefined || kept === "expired" ? undefined : candidateOf(yield* Channels, kept)
  return candidate !== undefined && (yield* likeness(candidate)) === "same"
})

/** Matches a sighting of an account with its intents. It proves an intent that alone can have caused it (G49). */
export const matchEvidence = Effect.fnUntraced(function* <R>(
  seen: SeenEvidence<R>
): Effect.fn.Return<EvidenceMatch, InfraError, R | IntentLedger | Channels | IdHash> {
  const { sighting, beside } = seen
  const { owner, suspects, complete } = yield* investigate(seen)
  const isBeside = ({ record }: LookAlike) => beside?.has(record?.receipt?.messageId ?? "") === true
  const spent = suspects.filter(({ state }) => state === "none")
  if (owner !== undefined) {
    return { _tag: "nothing", owner, spent: [...spent, ...ofOwner(owner, sighting.messageId, suspects)] }
  }
  const live = suspects.filter((one) => one.state !== "none" && !isBeside(one))
  if (live.some(({ state }) => state === "in_flight")) return { _tag: "later", spent }
  const isDenied = ({ record, attempt }: LookAlike) =>
    sighting.createdAt <= ((record === undefined ? undefined : deniedAt(record, attempt)) ?? 0)
  const undenied = live.filter(({ state }) => state !== "denied")
  // An operator's `not_sent` counts until a message contradicts it that no other intent can have caused.
  const wanted = undenied.length > 0 ? undenied : live.filter(isDenied)
  const provable = wanted.filter(({ state, record }) => state !== "caused" && record?.protection === "verified")
  if (provable.length === 0 && complete) return { _tag: "nothing", spent }
  const [one] = provable
  if (!complete || wanted.length > 1 || one?.record === undefined) return { _tag: "ambiguous", spent }
  if (!isInTime(sighting.createdAt, one.claimedAt) || !(yield* isSame(seen, one))) return { _tag: "ambiguous", spent }
  return { _tag: "proves", suspect: { ...one, record: one.record }, spent }
})

/** Writes the proof. The intent then owns the receipt, and its fingerprints are deleted, since it causes no other message. */
export const prove = Effect.fnUntraced(function* (
  sender: Sender,
  { intentId, attempt, fingerprints }: Suspect,
  { messageId }: Sighting,
  seen: "echo" | "read_back"
) {
  const ledger = yield* IntentLedger
  const hash = yield* IdHash
  const mark = receiptMark(hash, sender, messageId)
  const answer = yield* ledger.evidence({ intentId, attempt, status: "sent", seen, messageId, mark })
  if (fingerprints.length > 0) yield* ledger.removeFingerprints([{ intentId, attempt, fingerprints }])
  return answer
})
