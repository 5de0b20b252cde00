import * as Effect from "effect/Effect"
import type { FailureReport, InfraError } from "../../../src/domain/failure.ts"
import { ConversationId, type IntentId } from "../../../src/domain/ids.ts"
import type { IntentRecord, Verdict } from "../../../src/domain/intent.ts"
import type {
  AcceptAnswer,
  ClaimAnswer,
  EvidenceAnswer,
  IntentLedger,
  ResolveAnswer,
  Settlement
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { claimOf } from "../../contracts/intent-ledger/subject.ts"

export const hour = 3_600_000

/** One command to the ledger about the one intent of a case. */
export type Operation =
  | {
      readonly _tag: "claim"
      readonly token: string
      readonly content: string
      readonly hours: number
      /** Of what was accepted, by who owns its lane. */
      readonly accepted: boolean
    }
  | { readonly _tag: "accept"; readonly token: string; readonly content: string }
  | { readonly _tag: "resolve"; readonly verdict: Verdict; readonly attempt: number }
  | { readonly _tag: "release"; readonly token: string; readonly failure: FailureReport }
  | { readonly _tag: "settle"; readonly attempt: number; readonly token: string; readonly settlement: Settlement }
  | {
      readonly _tag: "evidence"
      readonly attempt: number
      readonly status: string
      readonly messageId: string
      readonly failure?: FailureReport
    }

/** A record as far as it does not depend on the hour: one line, so that two can be told apart at a glance. */
export const lineOf = (record: IntentRecord | "expired" | undefined): string => {
  if (record === undefined) return "nothing"
  if (record === "expired") return "expired"
  const { state, attempt, delivery = "-", failure, receipt } = record
  return line({ state, attempt, delivery, failure: failure?.code, receipt })
}

export const line = (seen: {
  readonly state: string
  readonly attempt: number
  readonly delivery: string
  readonly failure: string | undefined
  readonly receipt: { readonly messageId?: string } | undefined
}) =>
  `${seen.state}, attempt ${seen.attempt}, delivery ${seen.delivery}, failure ${seen.failure ?? "-"}, ` +
  `receipt ${seen.receipt === undefined ? "-" : (seen.receipt.messageId ?? "without id")}`

const lane = ConversationId.make(`cnv_${"1".repeat(32)}`)

const toldOf = (answer: ClaimAnswer | AcceptAnswer | EvidenceAnswer | ResolveAnswer): string => {
  switch (answer._tag) {
    case "Resolved":
      return `Resolved, before ${answer.before}`
    case "Claimed":
      return `Claimed ${answer.attempt}`
    case "Held":
      return `Held ${answer.record.state}`
    case "Applied":
      return `Applied, before ${answer.before}`
    case "NoEvidence":
      return `NoEvidence ${answer.reason}`
    case "Accepted":
    case "NotOpen":
    case "TooEarly":
    case "OtherContent":
    case "Released":
    case "Expired":
      return answer._tag
  }
}

/** Runs it; answers in words what the ledger said. */
export const run = (
  ledger: IntentLedger["Service"],
  intentId: IntentId,
  operation: Operation
): Effect.Effect<string, InfraError> => {
  switch (operation._tag) {
    case "claim": {
      const { token, content, hours, accepted } = operation
      const more = { content, callMillis: hours * hour, ...(accepted ? { accepted } : {}) }
      return Effect.map(ledger.claim(claimOf(intentId, token, more)), toldOf)
    }
    case "accept": {
      const { token, content } = operation
      const { meta } = claimOf(intentId, token)
      return Effect.map(ledger.accept({ intentId, token, content, meta, lane, request: "{}" }), toldOf)
    }
    case "resolve": {
      const { verdict, attempt } = operation
      return Effect.map(ledger.resolve({ intentId, verdict, attempt }), (answer) =>
        answer === undefined || answer === "expired" ? "unknown" : toldOf(answer)
      )
    }
    case "release":
      return Effect.as(ledger.release(intentId, operation.token, operation.failure), "released")
    case "settle":
      return Effect.map(ledger.settle(intentId, operation.attempt, operation.token, operation.settlement), (record) =>
        record === undefined ? "not its own" : `stands as ${record.state}`
      )
    case "evidence": {
      const { _tag, ...late } = operation
      return Effect.map(ledger.evidence({ intentId, ...late }), toldOf)
    }
  }
}

export const sentence = (operation: Operation): string => {
  switch (operation._tag) {
    case "claim":
      return `claim${operation.accepted ? " of what is accepted" : ""} with ${operation.token} for ${operation.content}`
    case "accept":
      return `acceptance with ${operation.token}`
    case "resolve":
      return `that attempt ${operation.attempt} was ${operation.verdict}`
    case "release":
      return `release of ${operation.token}`
    case "settle":
      return `settlement of attempt ${operation.attempt} by ${operation.token} as ${operation.settlement.state}`
    case "evidence":
      return `status ${operation.status} of attempt ${operation.attempt}`
  }
}
