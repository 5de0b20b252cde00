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
import { type LedgerContext, isList, isTime } from "./context.ts"
import { failureText } from "./codec.ts"
import { bandOf } from "./provable.ts"
import { releaseScript } from "./scripts/settle-release.ts"

/** Lists the replies of a claim. A first claim returns only the claim time in milliseconds. */
type ClaimReply =
  | number
  | readonly ["Released" | "Expired"]
  | readonly ["Claimed" | "Held" | "OtherContent", number, unknown]

const bare = new Set<unknown>(["Released", "Expired"])
const timed = new Set<unknown>(["Claimed", "Held", "OtherContent"])

const isClaimReply = (reply: unknown): reply is ClaimReply => {
  if (isTime(reply)) return true
  if (!isList(reply)) return false
  if (reply.length === 1) return bare.has(reply[0])
  return reply.length === 3 && timed.has(reply[0]) && isTime(reply[1])
}

const AcceptReply = Schema.Union([
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
export const intentClaimMethods = ({
  store,
  ask,
  askFor,
  keysOf,
  kept,
  recordOf,
  sealer,
  tokenLife
}: LedgerContext) => {
  const askClaim = askFor(isClaimReply)
  const askAccept = ask(AcceptReply)
  const askRelease = ask(Schema.Finite)
  const full = () => (store.isFull() ? 1 : 0)

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
      return askClaim(
        claimScript,
        keysOf.claim(intentId, fingerprints),
        args,
        (answer): Effect.Effect<ClaimAnswer, InfraError> => {
          if (typeof answer === "number") return Effect.succeed(claimedAs(firstClaim(asked, answer)))
          if (answer.length === 1) return Effect.succeed({ _tag: answer[0] })
          const [tag, now, fields] = answer
          return Effect.map(recordOf(claimScript, intentId, now, fields), (record): ClaimAnswer => {
            if (tag === "Claimed") return claimedAs(record)
            return tag === "Held" ? { _tag: tag, record, now } : { _tag: tag, record }
          })
        }
      )
    },
    accept: Effect.fnUntraced(function* (asked: Acceptance): Effect.fn.Return<AcceptAnswer, InfraError> {
      const { intentId, token, content, lane } = asked
      const kept = [tokenLife, lane, sealer.seal(asked.request), full()]
      const args = [intentId, token, content, ...metaOf(asked.meta), ...kept]
      const answer = yield* askAccept(acceptScript, keysOf.accept(intentId), args)
      if (answer.length === 1) return { _tag: answer[0] }
      const [tag, now, fields] = answer
      const record = yield* recordOf(acceptScript, intentId, now, fields)
      return tag === "Held" ? { _tag: tag, record, now } : { _tag: tag, record }
    }),
    release: (intentId, token, failure) =>
      Effect.asVoid(
        askRelease(releaseScript, keysOf.judge(intentId), [
          intentId,
          ...kept,
          token,
          failureText(sealer, failure),
          tokenLife
        ])
      )
  } satisfies Partial<IntentLedger["Service"]>
}
