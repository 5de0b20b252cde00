import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import { type IntentRecord, stateAt } from "../../../src/domain/intent.ts"
import {
  type AcceptAnswer,
  type Acceptance,
  type Claim,
  type ClaimAnswer,
  fingerprintLife,
  type IntentLedger,
  type Meta
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { acceptScript } from "./scripts/accept.ts"
import { claimScript } from "./scripts/claim.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { unexpectedReply } from "../failure.ts"
import type { ArchiveReader } from "./archive.ts"
import { type LedgerContext, isList, isTime } from "./context.ts"
import { failureText } from "./codec.ts"
import { bandOf } from "./provable.ts"
import { releaseScript } from "./scripts/settle-release.ts"

/** Lists the replies of a claim. A first claim returns only the claim time in milliseconds. */
type ClaimReply =
  | number
  | "archived"
  | readonly ["Released" | "Expired"]
  | readonly ["Claimed" | "Held" | "OtherContent", number, unknown]

const bare = new Set<unknown>(["Released", "Expired"])
const timed = new Set<unknown>(["Claimed", "Held", "OtherContent"])

const isClaimReply = (reply: unknown): reply is ClaimReply => {
  if (isTime(reply) || reply === "archived") return true
  if (!isList(reply)) return false
  if (reply.length === 1) return bare.has(reply[0])
  return reply.length === 3 && timed.has(reply[0]) && isTime(reply[1])
}

const AcceptReply = Schema.Union([
  Schema.Literal("archived"),
  Schema.Tuple([Schema.Literal("Expired")]),
  Schema.Tuple([Schema.Literals(["Accepted", "Held", "OtherContent"]), Schema.Finite, Schema.Unknown])
])

const metaOf = ({ connector, account, capabilityId, protection, correlationId }: Meta) => [
  connector,
  account,
  capabilityId,
  protection,
  correlationId
]

const claimedAs = (record: IntentRecord): ClaimAnswer => ({ _tag: "Claimed", attempt: record.attempt, record })

/** Returns the record that a first claim has written, equal to what a read would return. */
const firstClaim = ({ intentId, callMillis, meta }: Claim, now: number): IntentRecord => ({
  intentId,
  state: stateAt("claimed", now + callMillis, now),
  attempt: 1,
  ...meta,
  createdAt: now,
  claimedAt: now,
  deadline: now + callMillis,
  timeline: [{ at: now, attempt: 1, what: "claimed" }]
})

/** Claims, accepts and releases intents. A store that is nearly full starts no new intent (G6). */
export const intentClaimMethods = (
  { store, ask, checked, keysOf, kept, recordOf, sealer, tokenLife, askWithTombstone }: LedgerContext,
  { restore, orRestored }: ArchiveReader
) => {
  const askRelease = ask(Schema.Finite)
  const full = () => (store.isFull() ? 1 : 0)

  /** Runs a script again after its intent was restored from the archive. An intent that has expired there is `Expired`. */
  const unlessArchived = <A, B>(
    intentId: IntentId,
    run: Effect.Effect<A | "archived", InfraError>,
    then: (answer: A) => Effect.Effect<B, InfraError>,
    left = 3
  ): Effect.Effect<B | { readonly _tag: "Expired" }, InfraError> =>
    Effect.flatMap(run, (answer): Effect.Effect<B | { readonly _tag: "Expired" }, InfraError> => {
      if (answer !== "archived") return then(answer)
      if (left === 0) return Effect.fail(unexpectedReply(claimScript.name))
      return Effect.flatMap(restore(intentId), (restored) =>
        restored === "expired" ? Effect.succeed({ _tag: "Expired" }) : unlessArchived(intentId, run, then, left - 1)
      )
    })

  const isClaim = checked(claimScript, isClaimReply)
  const decodeAccept = Schema.decodeUnknownEffect(AcceptReply)

  return {
    claim: (asked: Claim): Effect.Effect<ClaimAnswer, InfraError> => {
      const { intentId, token, content, callMillis, accepted, request, fingerprints } = asked
      const kinds = [accepted === true ? 1 : 0, request === undefined ? "" : sealer.seal(request), full()]
      const args = [
        intentId,
        token,
        content,
        callMillis,
        ...metaOf(asked.meta),
        tokenLife,
        ...kinds,
        bandOf(asked),
        fingerprintLife
      ]
      const run = askWithTombstone(claimScript, intentId, (tombstone) => ({
        keys: keysOf.claim(intentId, tombstone.keys, fingerprints),
        args: [...args, ...tombstone.args]
      }))
      return unlessArchived(intentId, isClaim(run), (answer): Effect.Effect<ClaimAnswer, InfraError> => {
        if (typeof answer === "number") return Effect.succeed(claimedAs(firstClaim(asked, answer)))
        if (answer.length === 1) return Effect.succeed({ _tag: answer[0] })
        const [tag, now, fields] = answer
        return Effect.map(recordOf(claimScript, intentId, now, fields), (record): ClaimAnswer => {
          if (tag === "Claimed") return claimedAs(record)
          return tag === "Held" ? { _tag: tag, record, now } : { _tag: tag, record }
        })
      })
    },
    accept: (asked: Acceptance): Effect.Effect<AcceptAnswer, InfraError> => {
      const { intentId, token, content, lane } = asked
      const kept = [tokenLife, lane, sealer.seal(asked.request), full()]
      const args = [intentId, token, content, ...metaOf(asked.meta), ...kept]
      const run = askWithTombstone(acceptScript, intentId, (tombstone) => ({
        keys: keysOf.accept(intentId, tombstone.keys),
        args: [...args, ...tombstone.args]
      })).pipe(
        Effect.flatMap((reply) => Effect.mapError(decodeAccept(reply), () => unexpectedReply(acceptScript.name)))
      )
      return unlessArchived(intentId, run, (answer): Effect.Effect<AcceptAnswer, InfraError> => {
        if (answer.length === 1) return Effect.succeed({ _tag: answer[0] })
        const [tag, now, fields] = answer
        return Effect.map(recordOf(acceptScript, intentId, now, fields), (record): AcceptAnswer =>
          tag === "Held" ? { _tag: tag, record, now } : { _tag: tag, record }
        )
      })
    },
    release: (intentId, token, failure) =>
      Effect.asVoid(
        orRestored(
          intentId,
          askRelease(releaseScript, keysOf.judge(intentId), [
            intentId,
            ...kept,
            token,
            failureText(sealer, failure),
            tokenLife
          ]),
          (answer) => answer === noRecord
        )
      )
  } satisfies Partial<IntentLedger["Service"]>
}

/** Answer of a release that found no record. */
const noRecord = 2
