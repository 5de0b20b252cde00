import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../src/domain/failure.ts"
import type { IntentId } from "../../src/domain/ids.ts"
import { IntentState, stateAt, statusWord } from "../../src/domain/intent.ts"
import {
  type Claim,
  type ClaimAnswer,
  defaultRetention,
  type EvidenceAnswer,
  IntentLedger,
  type LateEvidence,
  releasedTokenLife,
  type Retention,
  type Settlement
} from "../../src/outbound/intent-ledger.ts"
import { Deployment } from "../../src/partition/deployment.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import { RedisStore, type Script } from "./client.ts"
import { unexpectedReply } from "./failure.ts"
import { claim } from "./intent-ledger/claim.ts"
import { evidence } from "./intent-ledger/evidence.ts"
import { keysOfIntent } from "./intent-ledger/keys.ts"
import { listing } from "./intent-ledger/listing.ts"
import { read } from "./intent-ledger/read.ts"
import { decodeRecord, failureText, receiptText } from "./intent-ledger/record.ts"
import { release } from "./intent-ledger/release.ts"
import { settle } from "./intent-ledger/settle.ts"

const ClaimReply = Schema.Union([
  Schema.Tuple([Schema.Literals(["Released", "Expired"])]),
  Schema.Tuple([Schema.Literals(["Claimed", "Held", "OtherContent"]), Schema.Finite, Schema.Unknown])
])
const RecordReply = Schema.Tuple([Schema.Finite, Schema.Unknown])
const ReadReply = Schema.Union([Schema.Null, Schema.Literal("expired"), RecordReply])
const EvidenceReply = Schema.Union([
  Schema.Null,
  Schema.Literal("other_attempt"),
  Schema.Tuple([Schema.Finite, Schema.Unknown, IntentState])
])

const make = (retention: Retention) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const deployment = yield* Deployment
    const sealer = yield* Sealer
    const keysOf = keysOfIntent(store.prefix, deployment.partitions)
    const kept = [retention.intents, retention.tombstones] as const

    const ask = <A>(reply: Schema.Codec<A, unknown>) => {
      const decode = Schema.decodeUnknownEffect(reply)
      return (script: Script, keys: ReadonlyArray<string>, args: ReadonlyArray<string | number>) =>
        store
          .run(script, keys, [deployment.id, ...args])
          .pipe(Effect.flatMap((answer) => Effect.mapError(decode(answer), () => unexpectedReply(script.name))))
    }
    const askClaim = ask(ClaimReply)
    const askSettle = ask(Schema.NullOr(RecordReply))
    const askEvidence = ask(EvidenceReply)
    const askRead = ask(ReadReply)
    const askRelease = ask(Schema.Finite)

    const opened = (script: Script, intentId: IntentId, now: number, fields: unknown) =>
      decodeRecord(sealer, script.name, intentId, now, fields)
    const recordOf = (script: Script, intentId: IntentId, now: number, fields: unknown) =>
      Effect.map(opened(script, intentId, now, fields), ({ record }) => record)

    const readIntent = (intentId: IntentId) => askRead(read, keysOf(intentId).read, [])

    return IntentLedger.of({
      claim: Effect.fnUntraced(function* (asked: Claim): Effect.fn.Return<ClaimAnswer, InfraError> {
        const { connector, account, capabilityId, protection, correlationId } = asked.meta
        const args = [asked.intentId, asked.token, asked.content, asked.callMillis]
        const meta = [connector, account, capabilityId, protection, correlationId]
        const answer = yield* askClaim(claim, keysOf(asked.intentId).claim, [...args, ...meta, releasedTokenLife])
        if (answer.length === 1) return { _tag: answer[0] }
        const [tag, now, fields] = answer
        const record = yield* recordOf(claim, asked.intentId, now, fields)
        switch (tag) {
          case "Claimed":
            return { _tag: tag, attempt: record.attempt, record }
          case "Held":
            return { _tag: tag, record, now }
          case "OtherContent":
            return { _tag: tag, record }
        }
      }),
      release: (intentId, token, failure) =>
        Effect.asVoid(
          askRelease(release, keysOf(intentId).judge, [
            intentId,
            ...kept,
            token,
            failureText(failure),
            releasedTokenLife
          ])
        ),
      settle: Effect.fnUntraced(function* (intentId: IntentId, attempt: number, token: string, settlement: Settlement) {
        const told =
          settlement.state === "sent"
            ? [receiptText(sealer, settlement.receipt), ""]
            : ["", failureText(settlement.failure)]
        const args = [intentId, ...kept, attempt, token, settlement.state, ...told]
        const answer = yield* askSettle(settle, keysOf(intentId).judge, args)
        return answer === null ? undefined : yield* recordOf(settle, intentId, ...answer)
      }),
      evidence: Effect.fnUntraced(function* (late: LateEvidence): Effect.fn.Return<EvidenceAnswer, InfraError> {
        const receipt = late.messageId === undefined ? "" : receiptText(sealer, { messageId: late.messageId })
        const args = [late.intentId, ...kept, late.attempt, statusWord(late.status), receipt, failureText(late.failure)]
        const answer = yield* askEvidence(evidence, keysOf(late.intentId).judge, args)
        if (answer === null) return { _tag: "NoEvidence", reason: "unknown" }
        if (answer === "other_attempt") return { _tag: "NoEvidence", reason: "other_attempt" }
        const [now, fields, state] = answer
        const record = yield* recordOf(evidence, late.intentId, now, fields)
        return { _tag: "Applied", before: stateAt(state, record.deadline, now), record }
      }),
      get: Effect.fnUntraced(function* (intentId: IntentId) {
        const answer = yield* readIntent(intentId)
        if (answer === null) return undefined
        return answer === "expired" ? answer : yield* recordOf(read, intentId, ...answer)
      }),
      sameContent: Effect.fnUntraced(function* (intentId: IntentId, content: string) {
        const answer = yield* readIntent(intentId)
        if (answer === null || answer === "expired") return undefined
        return (yield* opened(read, intentId, ...answer)).content === content
      }),
      ...listing(store, deployment, sealer)
    })
  })

/** What ends is kept for the time that `retention` says, 30 days and 400 days unless given. */
export const layer = (
  retention: Partial<Retention> = {}
): Layer.Layer<IntentLedger, never, RedisStore | Deployment | Sealer> =>
  Layer.effect(IntentLedger, make({ ...defaultRetention, ...retention }))
