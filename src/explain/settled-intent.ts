import type { FailureReport } from "../domain/failure.ts"
import { claimableAnew, type IntentRecord, safeNewKey } from "../domain/intent.ts"
import { causeOf, faultOfFailure } from "./causes.ts"
import type { Findings } from "./diagnosis.ts"
import { duplicateFinding, type StateFindings, retryFinding, whyFinding } from "./finding.ts"
import {
  type KnownIntent,
  intentDuplicate,
  intentCounting,
  intentName,
  intentRepeats,
  pausedAccount,
  retried
} from "./intent-facts.ts"
import { past } from "./words.ts"

/** Returns how it is known that there was one effect: by the calls, or by the word of an operator. */
const once = ({ attempt, timeline }: IntentRecord) => {
  if (attempt === 1) return "One effect: the gateway made one attempt."
  const judged = timeline.some((step) => step.attempt < attempt && step.what === "resolved:not_sent")
  const word = judged ? " For one of them, an operator's verdict says so." : ""
  return `One effect: attempt ${attempt} was performed, and each earlier attempt ended as not performed.${word}`
}

/** Explains an intent that was sent. */
export const sentIntent = ({ record, now }: KnownIntent): StateFindings => {
  const happened = (step: string) =>
    record.timeline.some(({ attempt, what }) => attempt === record.attempt && what === step)
  const at = past(record.settledAt ?? record.createdAt, now)
  const common = {
    duplicate:
      record.protection === "idempotent"
        ? intentDuplicate("harmless", record, `A repeated call of this capability changes nothing. ${intentRepeats}`)
        : intentDuplicate("single", record, `${once(record)} ${intentRepeats}`),
    retry: retryFinding("never", `It is not tried again: the effect happened.${retried(record)}`)
  }
  if (record.delivery === "failed") {
    const { failure } = record
    const cause = failure === undefined ? "its status says no more" : causeOf(failure)
    return {
      ...common,
      sentence: `The provider accepted ${intentName(record)} ${at}, and later reported that it was not delivered.`,
      why: whyFinding("not_delivered", `A status of the provider reports the failure: ${cause}.`),
      retry: retryFinding(
        "new_key",
        `The gateway and the same key do not try it again. The caller may send a corrected request under a new key.${retried(record)}`
      ),
      ...(failure === undefined ? {} : { fault: faultOfFailure(failure) })
    }
  }
  const progress =
    record.delivery === undefined
      ? "No status of the provider has arrived."
      : `Its furthest status is ${record.delivery}.`
  if (happened("resolved:sent")) {
    return {
      ...common,
      sentence: `An operator decided ${at} that ${intentName(record)} was sent.`,
      why: whyFinding("resolved", `The outcome was unknown, and an operator gave the verdict \`sent\`. ${progress}`)
    }
  }
  return {
    ...common,
    sentence: `The provider accepted ${intentName(record)} ${at}.`,
    why: happened("sent")
      ? whyFinding("answered", `The provider answered the call with success. ${progress}`)
      : whyFinding("proven", `Later evidence of the provider proves that the call was performed. ${progress}`)
  }
}

/** Explains an intent that was not performed. */
export const failedIntent = (known: KnownIntent): StateFindings => {
  const { record, now } = known
  const { failure } = record
  const at = past(record.settledAt ?? record.createdAt, now)
  const cause = failure === undefined ? "the record does not say why" : causeOf(failure)
  return {
    sentence: `${intentName(record)} failed ${at}, because ${cause}. It was not performed.`,
    why:
      failure?.code === "resolved_not_sent"
        ? whyFinding("resolved", "The outcome was unknown, and an operator gave the verdict `not_sent`.")
        : whyFinding("failed", `The outcome is certain: nothing was performed, because ${cause}.`),
    duplicate: intentDuplicate("none", record, `No effect happened, so none happened twice. ${intentCounting}`),
    retry: failedRetry(record, failure),
    ...(failure === undefined ? {} : { fault: faultOfFailure(failure) }),
    ...pausedAccount(known)
  }
}

const failedRetry = (record: IntentRecord, failure: FailureReport | undefined): Findings["retry"] => {
  if (claimableAnew(record.state, failure)) {
    return retryFinding(
      "same_key",
      `The gateway does not try again by itself. The caller may send the same key and body: that is attempt ${record.attempt + 1} of the same intent.${retried(record)}`
    )
  }
  if (safeNewKey(record.state, failure)) {
    return retryFinding(
      "new_key",
      `The same key returns this failure again. The caller may send a corrected request under a new key.${retried(record)}`
    )
  }
  return retryFinding(
    "operator",
    `The same key returns this failure again. A new key is not safe until an operator has checked whether the message went out.${retried(record)}`
  )
}

/** Explains an intent of which only the tombstone is left. */
export const expiredIntentFindings: StateFindings = {
  sentence: "This intent ended, and its retention is over: only its tombstone is left.",
  why: whyFinding(
    "expired",
    "The store keeps a mark that the key was used. Its outcome is unknown here; the log of that time has it."
  ),
  duplicate: duplicateFinding(
    "unknown",
    "The number of attempts is no longer known. A repeat of the key is answered 410 and makes no call."
  ),
  retry: retryFinding("never", "Neither the gateway nor the same key tries it again.")
}
