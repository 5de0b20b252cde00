import { notSentMargin } from "../outbound/ledger/intent-ledger.ts"
import { acceptedLife, doubtHold } from "../outbound/queue/process-next.ts"
import { causeOf, faultOfFailure } from "./causes.ts"
import { consequenceFinding, type StateFindings, retryFinding, whyFinding } from "./finding.ts"
import {
  type KnownIntent,
  intentDuplicate,
  heldConversation,
  intentName,
  intentRepeats,
  pausedAccount,
  retried
} from "./intent-facts.ts"
import { explainAgain, resolveAs } from "./steps.ts"
import { absolute, counted, upcoming, past, since } from "./words.ts"

/** Returns the two verdicts. `not_sent` is refused while a call may be under way, so it comes with its time. */
const verdicts = ({ id, record, now }: KnownIntent) => {
  const from = (record.deadline ?? now) + notSentMargin
  return [
    resolveAs(id, "sent", "You have checked that the message was sent."),
    from <= now
      ? resolveAs(id, "not_sent", "You have checked that the message was not sent.")
      : explainAgain(id, `The verdict \`not_sent\` is possible ${upcoming(from, now)}.`)
  ]
}

/** Explains an intent whose outcome is unknown. */
export const doubtfulIntent = (known: KnownIntent): StateFindings => {
  const { record, now } = known
  const { failure, protection } = record
  const from = record.settledAt ?? record.deadline ?? record.createdAt
  const settled = failure !== undefined
  const cause = settled ? causeOf(failure) : "no outcome was recorded before the deadline of the call"
  const waits = record.final !== true && protection === "verified"
  return {
    sentence: `It is unknown whether ${intentName(record)} was performed. The doubt began ${past(from, now)}, because ${cause}.`,
    why: settled
      ? whyFinding("outcome_unknown", `The provider may have performed the call: ${cause}.`)
      : whyFinding(
          "no_settlement",
          `The process that made the call stopped, or could not write its outcome: ${cause}.`
        ),
    duplicate: intentDuplicate(
      "at_most_one",
      record,
      `At most one effect: the gateway does not send again while the outcome is unknown. ${intentRepeats}`
    ),
    retry: waits
      ? retryFinding(
          "evidence",
          `The gateway does not send again. A status of the provider or an operator ends the doubt.${retried(record)}`
        )
      : retryFinding(
          "operator",
          `The gateway does not send again, and expects no more evidence. An operator ends the doubt.${retried(record)}`
        ),
    ...(failure === undefined ? {} : { fault: faultOfFailure(failure) }),
    ...heldConversation(known, from + doubtHold),
    next: verdicts(known)
  }
}

/** Explains an intent whose evidence contradicts itself. */
export const disputedIntent = (known: KnownIntent): StateFindings => {
  const { record, now } = known
  return {
    sentence: `The evidence about ${intentName(record)} contradicts itself ${since(record.settledAt ?? record.createdAt, now)}.`,
    why: whyFinding(
      "contradicted",
      "The recorded outcome and a later status, echo or verdict contradict each other. The timeline shows both."
    ),
    duplicate:
      record.attempt > 1
        ? intentDuplicate(
            "possible",
            record,
            `A second effect is possible: ${counted(record.attempt, "attempt")} were made, and evidence contradicts the outcome of one.`
          )
        : intentDuplicate("at_most_one", record, `At most one effect: one attempt was made. ${intentRepeats}`),
    retry: retryFinding("operator", `The gateway does not send again. An operator decides.${retried(record)}`),
    ...(record.failure === undefined ? {} : { fault: faultOfFailure(record.failure) }),
    next: verdicts(known)
  }
}

/** Explains an intent whose call may be under way. */
export const claimedIntent = (known: KnownIntent): StateFindings => {
  const { id, record, now } = known
  const deadline = record.deadline ?? now
  return {
    sentence: `A call for ${intentName(record)} may be under way ${since(record.claimedAt ?? record.createdAt, now)}.`,
    why: whyFinding("call_under_way", `The gateway claimed attempt ${record.attempt} and has no outcome yet.`),
    duplicate: intentDuplicate(
      "at_most_one",
      record,
      "At most one effect: a repeat of the key is answered 409 and makes no call."
    ),
    retry: retryFinding(
      "wait",
      `The outcome is known at the latest ${upcoming(deadline, now)}; without one it becomes in_doubt.`,
      deadline
    ),
    ...heldConversation(known, deadline),
    next: [explainAgain(id, "To see the outcome.")]
  }
}

/** Explains an intent that waits to be performed. */
export const acceptedIntent = (known: KnownIntent): StateFindings => {
  const { id, lane, record, now, unreadable } = known
  const { failure } = record
  const ends = (record.acceptedAt ?? now) + acceptedLife
  const pause = pausedAccount(known)
  const cause = failure === undefined ? "" : ` The last attempt was not performed, because ${causeOf(failure)}.`
  const pausing = known.pause === undefined ? "" : ", because its account is paused"
  const sealed = unreadable === true ? " No key of this gateway opens its request." : ""
  const consequence: StateFindings["consequence"] =
    lane === undefined
      ? undefined
      : {
          ...consequenceFinding(
            "waits_in_conversation",
            `Later intents of conversation ${lane} wait behind it, at the latest until ${absolute(ends)}.`
          ),
          conversation: lane,
          until: ends
        }
  return {
    sentence: `${intentName(record)} was accepted ${past(record.acceptedAt ?? record.createdAt, now)} and waits to be performed${pausing}.`,
    why: whyFinding(
      "waits_for_turn",
      `It is stored and waits for its turn in its conversation, or for another attempt.${cause}${sealed}`
    ),
    duplicate: intentDuplicate("none", record, "No effect yet. A repeat of the key is answered 202 and adds nothing."),
    retry: retryFinding(
      "gateway",
      `The gateway performs it by itself, and gives up ${upcoming(ends, now)}. The time of the next attempt is not known here.${retried(record)}`
    ),
    ...(failure === undefined ? {} : { fault: faultOfFailure(failure) }),
    ...(consequence === undefined ? {} : { consequence }),
    ...pause,
    next: [...(pause.next ?? []), explainAgain(id, "To see whether it was performed.")]
  }
}
