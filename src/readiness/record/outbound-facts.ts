import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { ProviderHttp } from "../../connector/provider-http.ts"
import type { InboundEvent } from "../../domain/event.ts"
import type { IntentId } from "../../domain/ids.ts"
import type { IntentRecord } from "../../domain/intent.ts"
import { Personal } from "../../domain/personal.ts"
import { receiptMark } from "../../identity/derive.ts"
import type { EndedCall, MatchedEvidence } from "../../observe/observe.ts"
import { IntentLedger } from "../../outbound/ledger/intent-ledger.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import type { AccountNotes, CapabilityNotes } from "./account-notes.ts"
import type { FollowUps } from "./follow-ups.ts"

const delivered: ReadonlySet<string> = new Set(["delivered", "read", "played"])
const sentOrLater: ReadonlySet<string> = new Set(["sent", "delivered", "read"])
/** Milliseconds that a read-back may take. */
const readBackDeadline = 10_000
/** Pauses in milliseconds before each read-back of a message that was just sent. */
const readBackAfter = [1_000, 4_000, 10_000]

/** Shows that capabilities work, by what the provider says after its answer. */
export interface OutboundFacts {
  /** The provider accepted a call. */
  readonly accepted: (account: AccountNotes, capability: CapabilityNotes, call: EndedCall) => void
  /** The provider's own API refused a call. */
  readonly refused: (account: AccountNotes, call: EndedCall) => void
  /** Evidence with valid callback data was applied. Returns true when it shows a delivered message. */
  readonly matched: (
    account: AccountNotes,
    capability: CapabilityNotes,
    record: IntentRecord,
    evidence: MatchedEvidence,
    event: InboundEvent
  ) => boolean
  readonly echoed: (account: AccountNotes, owner: IntentId) => void
  readonly statusWithoutData: (account: AccountNotes, event: InboundEvent) => void
}

/** Returns true when the provider answered the attempt with an id, so that no evidence had to prove it. */
const hadAnswer = ({ timeline }: IntentRecord, { attempt }: MatchedEvidence) =>
  timeline.some((step) => step.attempt === attempt && step.what === "sent")

export const makeOutboundFacts = Effect.fnUntraced(function* ({ followUps }: { readonly followUps: FollowUps }) {
  const ledger = yield* IntentLedger
  const hash = yield* IdHash
  const http = yield* ProviderHttp
  const bound = http.within({ deadline: readBackDeadline, mayStart: () => true })

  /** Reads the message back a few times. It shows its fact once the id of the answer is among the messages. */
  const readBack = Effect.fnUntraced(function* (
    { paths }: AccountNotes,
    { note, answers }: CapabilityNotes,
    { prepared: { find }, claimedAt }: EndedCall,
    messageId: string
  ) {
    if (find === undefined) return false
    const look = Effect.provideService(find(claimedAt), ProviderHttp, { ...bound, within: () => bound })
    for (const pause of readBackAfter) {
      yield* Effect.sleep(pause)
      const found = yield* Effect.orElseSucceed(look, () => [])
      if (!found.some((one) => one.messageId === messageId)) continue
      note("pass", { ids: answers, read_back: 1 })
      paths["read-back"]("pass", { acknowledged: 1 })
      return true
    }
    return false
  })

  const ofOwner = (
    account: AccountNotes,
    owner: IntentId,
    shows: (capability: CapabilityNotes, record: IntentRecord) => boolean
  ) =>
    Effect.map(ledger.get(owner), (record) => {
      if (record === undefined || record === "expired") return false
      const capability = account.capabilities.get(record.capabilityId)
      return capability !== undefined && shows(capability, record)
    })

  return {
    accepted: (account, capability, call) => {
      const messageId = Result.isSuccess(call.ended) ? call.ended.success.messageId : undefined
      const { acknowledged, note } = capability
      if (acknowledged === "accepted") {
        if (call.prepared.namedEvent === undefined) note("pass", { answers: (capability.answers += 1) })
        return
      }
      if (messageId === undefined) return
      capability.answers += 1
      if (acknowledged === "readBack") followUps.run(capability.turn, readBack(account, capability, call, messageId))
      else note("begun", { ids: capability.answers })
    },
    refused: (account, { ended, state }) => {
      if (Result.isSuccess(ended) || ended.failure._tag === "InfraError") return
      const { failure } = ended
      const { httpStatus = 0 } = failure
      if (httpStatus < 400 || httpStatus > 499 || failure.certainty !== "not_applied" || failure.transient) return
      const { counts } = account
      counts.refused += 1
      if (state === "failed") counts.failed += 1
      const { refused, failed } = counts
      account.refused(refused === failed ? "pass" : "fail", { refused, failed, not_applied: refused })
    },
    matched: (account, capability, record, evidence, event) => {
      const { counts, secondIds } = account
      const receipt = record.receipt?.messageId
      if (receipt !== undefined && evidence.messageId !== undefined && receipt !== evidence.messageId) {
        secondIds("fail", { intents: Math.max(1, counts.intents), second_ids: 1 }, true)
        return false
      }
      if (evidence.messageId === undefined || !hadAnswer(record, evidence)) return false
      secondIds("pass", { intents: (counts.intents += 1), second_ids: 0 })
      const { acknowledged, note } = capability
      const { status } = evidence
      if (event.kind === "echo") {
        if (acknowledged !== "echo") return false
        note("pass", { ids: 1, echo: "own_mac" })
        account.paths.echo("pass", { acknowledged: 1 })
        return true
      }
      const mark = acknowledged === "sent" ? "own_ids" : "own_mac"
      if (acknowledged !== "delivered" && acknowledged !== "sent") return false
      if (status === "failed" && record.delivery === "failed") note("fail", { ids: 1, status, [mark]: 1 })
      const shows = acknowledged === "sent" ? sentOrLater : delivered
      if (!shows.has(status)) return false
      note("pass", { ids: 1, status, [mark]: 1 })
      return delivered.has(status)
    },
    echoed: (account, owner) =>
      followUps.run(
        account.echoTurn,
        ofOwner(account, owner, ({ acknowledged, note }) => {
          if (acknowledged !== "echo") return false
          note("pass", { ids: 1, echo: "same_id" })
          account.paths.echo("pass", { acknowledged: 1 })
          return true
        })
      ),
    statusWithoutData: (account, event) => {
      const status = event.evidence?.status ?? ""
      if (status !== "failed" && !sentOrLater.has(status)) return
      const capability = [...account.capabilities.values()].find(({ acknowledged }) => acknowledged === "sent")
      if (capability === undefined) return
      const turn = status === "failed" ? capability.failureTurn : capability.turn
      if (!followUps.isDue(turn)) return
      const { connector, providerAccount } = event
      const { providerId } = Personal.open(event.personal)
      const mark = receiptMark(hash, { connector, providerAccount }, providerId)
      followUps.run(
        turn,
        Effect.flatMap(ledger.receiptOf(mark), (owner) =>
          owner === undefined
            ? Effect.succeed(false)
            : ofOwner(account, owner, ({ acknowledged, note }) => {
                if (acknowledged !== "sent") return false
                note(status === "failed" ? "fail" : "pass", { ids: 1, status, own_ids: 1 })
                return status !== "failed"
              })
        )
      )
    }
  } satisfies OutboundFacts
})
