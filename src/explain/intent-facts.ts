import type { ConversationId, IntentId } from "../domain/ids.ts"
import type { IntentRecord } from "../domain/intent.ts"
import type { Pause } from "../outbound/accounts/accounts.ts"
import { pausedRetryMs } from "../outbound/accounts/rejected.ts"
import type { Consequence, DuplicateCode, Findings } from "./diagnosis.ts"
import { consequenceFinding, duplicateFinding, type StateFindings } from "./finding.ts"
import { resumeAccount } from "./steps.ts"
import { absolute, duration, upcoming } from "./words.ts"

/** Facts that the store holds about an intent. Times are milliseconds of the store's clock. */
export interface IntentFacts {
  readonly id: IntentId
  readonly now: number
  /** `expired`: only its tombstone is left. */
  readonly record: IntentRecord | "expired"
  /** Conversation whose order it keeps; absent when it was not accepted for later. */
  readonly lane?: ConversationId
  /** True when no key of the gateway opens the stored request. */
  readonly unreadable?: true
  /** Present pause of its account; absent when the account is not paused or not configured. */
  readonly pause?: Pause
}

/** Facts about an intent whose record is kept. */
export type KnownIntent = Omit<IntentFacts, "record"> & { readonly record: IntentRecord }

/** Returns the answer about duplicates with the number of attempts. */
export const intentDuplicate = (code: DuplicateCode, { attempt }: IntentRecord, said: string): Findings["duplicate"] =>
  duplicateFinding(code, said, attempt)

export const intentCounting =
  "The store does not count repeats: the log lines `intent.settled` with this id as `dedupeKey` show them."

export const intentRepeats = `A repeat of the key is answered from this record, without a call. ${intentCounting}`

/** Returns the name of an intent in a sentence. */
export const intentName = ({ capabilityId, account }: IntentRecord): string => `${capabilityId} for account ${account}`

/** Returns whether the last attempt was a retry. Empty for the first attempt. */
export const retried = ({ attempt }: IntentRecord): string =>
  attempt > 1 ? ` Attempt ${attempt} was a retry of the same intent.` : ""

const pausedUntil = ({ why: cause, until }: Pause, now: number) =>
  until === undefined
    ? `by \`${cause}\` until it is resumed`
    : `by \`${cause}\`; the pause ends ${upcoming(until, now)}`

/** Returns the pause of the account as a consequence, with the step that ends it. */
export const pausedAccount = ({ record, pause, now }: KnownIntent): Pick<StateFindings, "consequence" | "next"> => {
  if (pause === undefined) return {}
  const consequence: Consequence = {
    ...consequenceFinding(
      "account_paused",
      `The account ${record.account} is paused ${pausedUntil(pause, now)}: none of its intents is performed.`
    ),
    ...(pause.until === undefined ? {} : { until: pause.until })
  }
  const next = [
    resumeAccount(
      record.connector,
      record.account,
      `The cause of the pause is corrected. Accepted intents go on within ${duration(pausedRetryMs)}.`
    )
  ]
  return { consequence, ...(pause.until === undefined ? { next } : {}) }
}

/** Returns the conversation that an intent holds, until a time. Empty when it keeps no order. */
export const heldConversation = (
  { lane, now }: KnownIntent,
  until: number | undefined
): Pick<StateFindings, "consequence"> => {
  if (lane === undefined) return {}
  if (until !== undefined && until <= now) {
    return {
      consequence: {
        ...consequenceFinding(
          "conversation_goes_on",
          `Conversation ${lane} is no longer held: its next intents are performed.`
        ),
        conversation: lane
      }
    }
  }
  const end = until === undefined ? "it has ended" : absolute(until)
  return {
    consequence: {
      ...consequenceFinding("holds_conversation", `Holds the intents of conversation ${lane} until ${end}.`),
      conversation: lane,
      ...(until === undefined ? {} : { until })
    }
  }
}
