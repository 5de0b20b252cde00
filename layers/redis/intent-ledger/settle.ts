import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { FailureReport, InfraError } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import {
  type IntentRecord,
  IntentState,
  stateAt,
  statusWord,
  type TimelineEntry,
  timelineLength
} from "../../../src/domain/intent.ts"
import {
  type EvidenceAnswer,
  type IntentLedger,
  type LateEvidence,
  notSentMargin,
  type Resolution,
  type ResolveAnswer,
  type Settlement
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { resolvedFailure } from "../../../src/outbound/doubt/resolve.ts"
import { abandonScript } from "./scripts/accept.ts"
import { isUnreadable, unexpectedReply } from "../failure.ts"
import type { ArchiveReader } from "./archive.ts"
import { type LedgerContext, isTime, isTimedRecord, RecordReply, type TimedRecord } from "./context.ts"
import { evidenceScript, resolveScript } from "./scripts/resolve-doubt.ts"
import { failureText, receiptText } from "./codec.ts"
import { settleScript } from "./scripts/settle-release.ts"

const EvidenceReply = Schema.Union([
  Schema.Null,
  Schema.Literal("other_attempt"),
  Schema.Tuple([Schema.Finite, Schema.Unknown, IntentState])
])
const ResolveReply = Schema.Union([
  Schema.Null,
  Schema.Literal("expired"),
  Schema.Tuple([Schema.Literals(["Resolved", "NotOpen", "TooEarly"]), Schema.Finite, Schema.Unknown, IntentState])
])

/** Returns true for a reply of a settle: only the time, when the record is as its claim left it but for this settle. */
const isSettleReply = (reply: unknown): reply is null | number | TimedRecord =>
  reply === null || isTime(reply) || isTimedRecord(reply)

const noRecord = Effect.succeed(undefined)

/** Returns the record that a settle has written, when nothing else had happened since the claim. */
const firstEnd = (claimed: IntentRecord, settlement: Settlement, now: number): IntentRecord => ({
  ...claimed,
  state: settlement.state,
  ...(settlement.state === "accepted" ? {} : { settledAt: now }),
  ...(settlement.state === "sent" ? { receipt: settlement.receipt } : { failure: settlement.failure }),
  timeline: [...claimed.timeline, { at: now, attempt: claimed.attempt, what: settlement.state }].slice(-timelineLength)
})

/** Encodes a timeline as the store keeps it. */
const timelineText = (timeline: ReadonlyArray<TimelineEntry>): string =>
  timeline.map(({ at, attempt, what }) => `${at} ${attempt} ${what};`).join("")

/**
 * Settles attempts: by the result of their own call, by evidence, by an operator's verdict, or before the call began.
 */
export const intentSettleMethods = (
  { store, deployment, ask, checked, keysOf, kept, recordOf, sealer }: LedgerContext,
  { orRestored }: ArchiveReader
) => {
  const notSent = [
    failureText(sealer, resolvedFailure("in_doubt")),
    failureText(sealer, resolvedFailure("disputed"))
  ] as const
  const askRecord = ask(Schema.NullOr(RecordReply))
  const checkSettle = checked(settleScript, isSettleReply)
  const isNull = (answer: unknown): boolean => answer === null
  const askEvidence = ask(EvidenceReply)
  const askResolve = ask(ResolveReply)

  return {
    settle: (
      intentId: IntentId,
      attempt: number,
      token: string,
      settlement: Settlement,
      claimed?: IntentRecord
    ): Effect.Effect<IntentRecord | undefined, InfraError> => {
      const result =
        settlement.state === "sent"
          ? [receiptText(sealer, settlement.receipt), ""]
          : ["", failureText(sealer, settlement.failure)]
      const before = claimed === undefined ? "" : timelineText(claimed.timeline)
      const args = [intentId, ...kept, attempt, token, settlement.state, ...result, before]
      const keys = keysOf.judge(intentId, settlement.state === "sent" ? settlement.mark : undefined)
      const run = checkSettle(store.run(settleScript, keys, [deployment.id, ...args]))
      return Effect.flatMap(
        orRestored(intentId, run, isNull),
        (answer): Effect.Effect<IntentRecord | undefined, InfraError> => {
          if (answer === null) return noRecord
          if (typeof answer !== "number") return recordOf(settleScript, intentId, ...answer)
          return claimed === undefined
            ? Effect.fail(unexpectedReply(settleScript.name))
            : Effect.succeed(firstEnd(claimed, settlement, answer))
        }
      )
    },
    abandon: Effect.fnUntraced(function* (intentId: IntentId, failure: FailureReport) {
      const args = [intentId, ...kept, failureText(sealer, failure)]
      const answer = yield* orRestored(intentId, askRecord(abandonScript, keysOf.judge(intentId), args), isNull)
      return answer === null ? undefined : yield* recordOf(abandonScript, intentId, ...answer)
    }),
    evidence: Effect.fnUntraced(function* (late: LateEvidence): Effect.fn.Return<EvidenceAnswer, InfraError> {
      const receipt = late.messageId === undefined ? "" : receiptText(sealer, { messageId: late.messageId })
      const status = statusWord(late.status)
      const what = late.seen ?? `status:${status}`
      const args = [late.intentId, ...kept, late.attempt, status, receipt, failureText(sealer, late.failure), what]
      const run = askEvidence(evidenceScript, keysOf.judge(late.intentId, late.mark), args)
      const answer = yield* Effect.catchIf(orRestored(late.intentId, run, isNull), isUnreadable, () =>
        Effect.succeed("unreadable" as const)
      )
      if (answer === "unreadable") return { _tag: "NoEvidence", reason: answer }
      if (answer === null) return { _tag: "NoEvidence", reason: "unknown" }
      if (answer === "other_attempt") return { _tag: "NoEvidence", reason: "other_attempt" }
      const [now, fields, state] = answer
      const record = yield* recordOf(evidenceScript, late.intentId, now, fields)
      return { _tag: "Applied", before: stateAt(state, record.deadline, now), record }
    }),
    resolve: Effect.fnUntraced(function* (
      asked: Resolution
    ): Effect.fn.Return<ResolveAnswer | "expired" | undefined, InfraError> {
      const { intentId, verdict, attempt } = asked
      const args = [intentId, ...kept, verdict, attempt ?? "", notSentMargin, ...notSent]
      const run = askResolve(resolveScript, keysOf.judge(intentId), args)
      const answer = yield* orRestored(intentId, run, isNull, () => "expired" as const)
      if (answer === null) return undefined
      if (answer === "expired") return answer
      const [tag, now, fields, before] = answer
      const record = yield* recordOf(resolveScript, intentId, now, fields)
      if (tag === "Resolved") return { _tag: tag, before, record }
      return tag === "NotOpen"
        ? { _tag: tag, record }
        : { _tag: tag, record, now, until: (record.deadline ?? 0) + notSentMargin }
    })
  } satisfies Partial<IntentLedger["Service"]>
}
