import type { FailureReport } from "../../domain/failure.ts"
import type { IntentRecord } from "../../domain/intent.ts"
import type { PauseReason } from "../../domain/pause.ts"
import type { AcquireDecision } from "./accounts.ts"

/** Intent that was rejected before its claim: nothing was performed and nothing is recorded. */
export interface Rejected {
  readonly _tag: "Rejected"
  readonly failure: FailureReport
  /** Scope of the rejection: every intent of the account, or those to this recipient. */
  readonly of: "account" | "recipient"
  /** Milliseconds after which a retry makes sense. */
  readonly wait: number
  /** True when an earlier request of this intent was admitted: its caller may be performing the intent. */
  readonly begun: boolean
  /** Record of the intent, when an earlier attempt failed. */
  readonly record?: IntentRecord
}

interface Why {
  readonly code: string
  readonly detail: string
}

const paused: Readonly<Record<PauseReason, Why>> = {
  breaker: { code: "paused_breaker", detail: "the account is paused: half of its calls failed" },
  throttled: { code: "paused_throttled", detail: "the account is paused: the provider asked for a delay" },
  auth: { code: "paused_auth", detail: "the account is paused: the provider refuses its credential or its setup" },
  policy: { code: "paused_policy", detail: "the account is paused: the provider restricts it" },
  operator: { code: "paused_operator", detail: "the account is paused by an operator" }
}

const pausedRecipient: Why = {
  code: "paused_recipient",
  detail: "the recipient is paused: the provider limits the messages to it"
}

const limited: Readonly<Record<"account" | "recipient", Why>> = {
  account: { code: "limited_account", detail: "the account has reached its rate limit" },
  recipient: { code: "limited_recipient", detail: "the recipient has reached its rate limit" }
}

const tooMany = new Set([limited.account, limited.recipient, pausedRecipient, paused.throttled].map(({ code }) => code))

/** Returns true for a failure that means too many requests. Returns false for one that means a closed account. */
export const isTooMany = ({ code }: FailureReport): boolean => tooMany.has(code)

/** Milliseconds between retries during a pause that does not end by itself. */
export const pausedRetryMs = 60_000

const failureOf = ({ code, detail }: Why): FailureReport => ({
  class: "InfraError",
  code,
  certainty: "not_applied",
  transient: true,
  detail
})

/** Returns the rejection for a decision other than `Allowed`. */
export const rejected = (decision: Exclude<AcquireDecision, { readonly _tag: "Allowed" }>): Rejected => {
  const { begun } = decision
  switch (decision._tag) {
    case "Paused": {
      const { why, until } = decision.pause
      const wait = until === undefined ? pausedRetryMs : decision.wait
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
