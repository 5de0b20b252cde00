import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import type {
  AcceptAnswer,
  Acceptance,
  Claim,
  ClaimAnswer,
  IntentLedger,
  Meta
} from "../../../src/outbound/intent-ledger.ts"
import { accept } from "./accept.ts"
import { claim } from "./claim.ts"
import type { Desk } from "./desk.ts"
import { failureText } from "./record.ts"
import { release } from "./release.ts"

const ClaimReply = Schema.Union([
  Schema.Tuple([Schema.Literals(["Released", "Expired"])]),
  Schema.Tuple([Schema.Literals(["Claimed", "Held", "OtherContent"]), Schema.Finite, Schema.Unknown])
])
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

/** How an attempt, or the waiting for one, begins. A store that is nearly full begins none (G6). */
export const beginning = ({ store, ask, keysOf, kept, recordOf, sealer, tokenLife }: Desk) => {
  const askClaim = ask(ClaimReply)
  const askAccept = ask(AcceptReply)
  const askRelease = ask(Schema.Finite)
  const full = () => (store.isFull() ? 1 : 0)

  return {
    claim: Effect.fnUntraced(function* (asked: Claim): Effect.fn.Return<ClaimAnswer, InfraError> {
      const { intentId, token, content, callMillis, accepted, request } = asked
      const kinds = [accepted === true ? 1 : 0, request === undefined ? "" : sealer.seal(request), full()]
      const args = [intentId, token, content, callMillis, ...metaOf(asked.meta), tokenLife, ...kinds]
      const answer = yield* askClaim(claim, keysOf(intentId).claim, args)
      if (answer.length === 1) return { _tag: answer[0] }
      const [tag, now, fields] = answer
      const record = yield* recordOf(claim, intentId, now, fields)
      if (tag === "Claimed") return { _tag: tag, attempt: record.attempt, record }
      return tag === "Held" ? { _tag: tag, record, now } : { _tag: tag, record }
    }),
    accept: Effect.fnUntraced(function* (asked: Acceptance): Effect.fn.Return<AcceptAnswer, InfraError> {
      const { intentId, token, content, lane } = asked
      const kept = [tokenLife, lane, sealer.seal(asked.request), full()]
      const args = [intentId, token, content, ...metaOf(asked.meta), ...kept]
      const answer = yield* askAccept(accept, keysOf(intentId).accept, args)
      if (answer.length === 1) return { _tag: answer[0] }
      const [tag, now, fields] = answer
      const record = yield* recordOf(accept, intentId, now, fields)
      return tag === "Held" ? { _tag: tag, record, now } : { _tag: tag, record }
    }),
    release: (intentId, token, failure) =>
      Effect.asVoid(
        askRelease(release, keysOf(intentId).judge, [intentId, ...kept, token, failureText(failure), tokenLife])
      )
  } satisfies Partial<IntentLedger["Service"]>
}
