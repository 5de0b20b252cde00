import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Channels } from "../connector/channels.ts"
import type { Prepared } from "../connector/channel.ts"
import type { Sighting } from "../connector/proof.ts"
import type { InfraError } from "../domain/failure.ts"
import { jsonIn } from "../domain/parse-json.ts"
import { IdHash } from "../secrets/id-hash.ts"
import type { Sender } from "./callback-data.ts"
import { IntentLedger, type Kept } from "./intent-ledger.ts"
import { parseRequest } from "./request.ts"
import { prepare, receiptMark, resolve } from "./validate.ts"

/** An intent that a proof may be about, and what it wanted. */
export interface Candidate {
  readonly kept: Kept
  readonly sender: Sender
  readonly prepared: Prepared
}

/**
 * What a sighting says: it `proves` one doubt; it may prove one once a call has ended (`later`); it is somebody's receipt or
 * nobody's wish (`nothing`); or more than one intent may have wanted it (`ambiguous`), and then it proves none (G20).
 */
export type Says =
  | { readonly _tag: "proves"; readonly candidate: Candidate }
  | { readonly _tag: "later" }
  | { readonly _tag: "nothing" }
  | { readonly _tag: "ambiguous" }

/** Every intent in flight or in doubt that is proven by its looks, and whether these are all. */
export const candidates: Effect.Effect<
  { readonly all: ReadonlyArray<Candidate>; readonly complete: boolean },
  InfraError,
  IntentLedger | Channels
> = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const channels = yield* Channels
  const { intents, complete } = yield* ledger.provable
  const all = intents.flatMap((kept): ReadonlyArray<Candidate> => {
    const body = kept.request === undefined ? undefined : jsonIn(kept.request)
    const request = body === undefined ? undefined : Result.getOrUndefined(parseRequest(body))
    const target = request === undefined ? undefined : Result.getOrUndefined(resolve(channels, request))
    if (request === undefined || target === undefined) return []
    const prepared = Result.getOrUndefined(prepare(target, request))
    const sender = { connector: target.channel.id, providerAccount: target.account.providerAccount }
    return prepared === undefined ? [] : [{ kept, sender, prepared }]
  })
  return { all, complete: complete && all.length === intents.length }
})

/** A provider may tell its time in whole seconds only. */
const since = ({ record, now }: Kept): number => Math.floor((record.claimedAt ?? now) / 1_000) * 1_000

export const isOf = (sender: Sender, candidate: Candidate): boolean =>
  candidate.sender.connector === sender.connector && candidate.sender.providerAccount === sender.providerAccount

export const couldBe = (sighting: Sighting, { kept }: Candidate): boolean => sighting.createdAt >= since(kept)

/**
 * Judges a sighting of an account. Who may have wanted it is asked first, whose receipt it is after that: whoever ended
 * between the two is found as its owner.
 */
export const judge = Effect.fnUntraced(function* <R>(
  sender: Sender,
  sighting: Sighting,
  looksLike: (candidate: Candidate) => Effect.Effect<boolean, never, R>
): Effect.fn.Return<Says, InfraError, R | IntentLedger | Channels | IdHash> {
  const ledger = yield* IntentLedger
  const hash = yield* IdHash
  const { all, complete } = yield* candidates
  const possible = all.filter((candidate) => isOf(sender, candidate) && couldBe(sighting, candidate))
  const wanted = yield* Effect.filter(possible, looksLike, { concurrency: 4 })
  const owner = yield* ledger.receiptOf(receiptMark(hash, sender, sighting.messageId))
  if (owner !== undefined) return { _tag: "nothing" }
  if (wanted.some(({ kept }) => kept.record.state === "claimed")) return { _tag: "later" }
  const [candidate, ...others] = wanted
  if (!complete || others.length > 0) return { _tag: "ambiguous" }
  return candidate === undefined ? { _tag: "nothing" } : { _tag: "proves", candidate }
})

/** Writes the proof; the receipt is known as this intent's from then on. */
export const prove = Effect.fnUntraced(function* (
  { kept, sender }: Candidate,
  { messageId }: Sighting,
  seen: "echo" | "read_back"
) {
  const ledger = yield* IntentLedger
  const hash = yield* IdHash
  const { intentId, attempt } = kept.record
  const mark = receiptMark(hash, sender, messageId)
  return yield* ledger.evidence({ intentId, attempt, status: "sent", seen, messageId, mark })
})
