import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Channel, Channels, type Prepared } from "../../connector/channel.ts"
import type { InfraError } from "../../domain/failure.ts"
import { jsonIn } from "../../domain/parse-json.ts"
import type { Sender } from "../../identity/derive.ts"
import { IntentLedger, type KeptRequest } from "../ledger/intent-ledger.ts"
import { parseRequest } from "../intent/parse-request.ts"
import { prepare, resolveTarget } from "../intent/resolve-target.ts"

/** Intent that a proof may concern, with its sender and its prepared call. */
export interface Candidate {
  readonly kept: KeptRequest
  readonly sender: Sender
  readonly prepared: Prepared
}

/** Returns the candidate. Returns `undefined` when its request is not kept, or cannot be read with this configuration. */
export const candidateOf = (channels: ReadonlyMap<string, Channel>, kept: KeptRequest): Candidate | undefined => {
  const body = kept.request === undefined ? undefined : jsonIn(kept.request)
  const request = body === undefined ? undefined : Result.getOrUndefined(parseRequest(body))
  const target = request === undefined ? undefined : Result.getOrUndefined(resolveTarget(channels, request))
  if (request === undefined || target === undefined) return undefined
  const prepared = Result.getOrUndefined(prepare(target, request))
  const sender = { connector: target.channel.id, providerAccount: target.account.providerAccount }
  return prepared === undefined ? undefined : { kept, sender, prepared }
}

/** Reads the intents in flight or in doubt that the ledger lists. `unknown`: those whose request cannot be read. */
export const listCandidates = (
  which: "provable" | "unindexed"
): Effect.Effect<
  { readonly all: ReadonlyArray<Candidate>; readonly unknown: ReadonlyArray<KeptRequest> },
  InfraError,
  IntentLedger | Channels
> =>
  Effect.gen(function* () {
    const ledger = yield* IntentLedger
    const channels = yield* Channels
    const { intents } = yield* ledger[which]
    const all: Array<Candidate> = []
    const unknown: Array<KeptRequest> = []
    for (const kept of intents) {
      const candidate = candidateOf(channels, kept)
      if (candidate === undefined) unknown.push(kept)
      else all.push(candidate)
    }
    return { all, unknown }
  })

/** Returns true when this sender sent the candidate. */
export const isOf = (sender: Sender, candidate: Candidate): boolean =>
  candidate.sender.connector === sender.connector && candidate.sender.providerAccount === sender.providerAccount
