import type { FailureReport } from "../../domain/failure.ts"
import type { IntentRecord } from "../../domain/intent.ts"
import type { PauseReason } from "../../domain/pause.ts"
import type { AcquireDecision } from "./accounts.ts"

/** An intent that was not let through to its claim: nothing was performed and nothing is recorded. */
export interface Rejected {
  readonly _tag: "Rejected"
  readonly failure: FailureReport
  /** Whether everything of the account waits, or this recipient alone. */
  readonly of: "account" | "recipient"
  /** Milliseconds until asking again makes sense. */
  readonly wait: number
  /** Somebody has been let through with the same intent and may be performing it. */
  readonly begun: boolean
  /** Where an attempt of it had failed. */
  readonly record?: IntentRecord
}

interface Why {
  readonly code: string
  readonly detail: string
}

const paused: Readonly<Record<PauseReason, Why>> = {
  breaker: { code: "paused_breaker", detail: "the account is paused: half of its calls failed" },
  throttled: { code: "paused_throttled", detail: "the account is paused: the provider asks it to wait" },
  auth: { code: "paused_auth", detail: "the account is paused: the provider refuses its credential or its set-up" },
  policy: { code: "paused_policy", detail: "the account is paused: the provider restricts it" },
  operator: { code: "paused_operator", detail: "the account is paused by an operator" }
}

const pausedRecipient: Why = {
  code: "paused_recipient",
  detail: "the recipient is paused: the provider asks for fewer messages to him"
}

const limited: Readonly<Record<"account" | "recipient", Why>> = {
  account: { code: "limited_account", detail: "the account has sent as much as it may for the moment" },
  recipient: { code: "limited_recipient", detail: "this recipient was sent as much as he may be for the moment" }
}

const tooMany = new Set([limited.account, limited.recipient, pausedRecipient, paused.throttled].map(({ code }) => code))

/** Whether a failure means that too much was asked for, rather than that nothing can be had. */
export const isTooMany = ({ code }: FailureReport): boolean => tooMany.has(code)

/** Milliseconds after which asking again does no harm where only a person can end the pause. */
const untilSomebodyActs = 60_000

const failureOf = ({ code, detail }: Why): FailureReport => ({
  class: "InfraError",
  code,
  certainty: "not_applied",
  transient: true,
  detail
})

/** What an decision that is none says. */
export const rejected = (decision: Exclude<AcquireDecision, { readonly _tag: "Allowed" }>): Rejected => {
  const { begun } = decision
  switch (decision._tag) {
    case "Paused": {
      const { why, until } = decision.pause
      const wait = until === undefined ? untilSomebodyActs : decision.wait
      return { _tag: "Rejected", failure: failureOf(paused[why]), of: "account", wait, begun }
    }
    case "Held":
      return {
        _tag: "Rejected",
        failure: failureOf(pausedRecipient),
        of: "recipient",
        wait: decision.wait,
        begun
      }
    case "Limited":
      return {
        _tag: "Rejected",
        failure: failureOf(limited[decision.of]),
        of: decision.of,
        wait: decision.wait,
        begun
      }
  }
}
