import type { ConversationId, EventId } from "../domain/ids.ts"
import { plainWord } from "../domain/shown.ts"
import { maxRefusals } from "../inbound/deliver/deliver.ts"
import { faultOf } from "./causes.ts"
import type { Consequence, DuplicateCode, Findings, MomentFacts } from "./diagnosis.ts"
import { aboutEvent, type EventFacts, eventName, type EventQueue } from "./event-facts.ts"
import { consequenceFinding, retryFinding, type StateFindings, whyFinding, duplicateFinding } from "./finding.ts"
import { explainAgain, readReadiness, redriveLetter, replayEvent } from "./steps.ts"
import { capital, counted, past, since } from "./words.ts"

const copies =
  "Further copies from the provider are dropped by its dedupe mark. The store does not count them: the log lines `inbound.deduped` with this id as `dedupeKey` show them."

const duplicate = ({ replays, header, queue }: EventFacts): Findings["duplicate"] => {
  const answer = (code: DuplicateCode, said: string) => duplicateFinding(code, said, replays)
  if (replays > 0) {
    return answer(
      "sent_again",
      `An operator replayed it ${counted(replays, "time")}. A replay has a webhook id of its own. ${copies}`
    )
  }
  if (typeof queue === "object" && queue.redriven) {
    return answer("sent_again", `An operator redrove it under the same webhook id. ${copies}`)
  }
  if (header?.weakIdentity === true) {
    return answer(
      "weak_identity",
      "The provider gives it no stable id, so a changed copy of it can become a second event. An equal copy is dropped."
    )
  }
  return answer(
    "single",
    `It was admitted once. ${copies} If the runtime's 2xx is lost, the gateway delivers it again under the same webhook id.`
  )
}

const holding = ({ header }: EventFacts): Pick<StateFindings, "consequence"> => {
  if (header === undefined) return {}
  const { conversation } = header
  const consequence: Consequence = {
    ...consequenceFinding(
      "holds_conversation",
      `Holds conversation ${conversation} until the runtime acknowledges it or it becomes a dead letter. Other conversations go on.`
    ),
    conversation
  }
  return { consequence }
}

const waitingIn = (conversation: ConversationId): Consequence => ({
  ...consequenceFinding("waits_in_conversation", `Later events of conversation ${conversation} wait behind it.`),
  conversation
})

const refused = (queue: EventFacts["queue"]) =>
  typeof queue === "object" && queue.refusals > 0
    ? ` The runtime refused it ${counted(queue.refusals, "time")}; at ${maxRefusals} it becomes a dead letter.`
    : ""

const deliveredNext =
  "The gateway tries again by itself, at the latest 30 s after the last attempt. The time of the next attempt is not stored."

const away = (facts: EventFacts, code: string): StateFindings => ({
  sentence: `${capital(eventName(facts.header))} waits ${since(facts.at, facts.now)}, because the runtime is away.`,
  why: whyFinding(
    "runtime_away",
    `This replica counts the runtime as away: its last answer was ${plainWord(code)}. Nothing counts against an event meanwhile.${refused(facts.queue)}`
  ),
  duplicate: duplicate(facts),
  retry: retryFinding(
    "gateway",
    "The gateway sends one delivery at a time, at the latest every 5 s, until the runtime is back. Then it delivers all by itself."
  ),
  fault: faultOf("runtime", code),
  ...holding(facts),
  next: [
    readReadiness("To see whether the runtime is still away."),
    explainAgain(facts.id, "The runtime answers again.")
  ]
})

const behind = (facts: EventFacts, queue: EventQueue, first: EventId): StateFindings => ({
  sentence: `${capital(eventName(facts.header))} waits ${since(facts.at, facts.now)} behind ${counted(queue.ahead, "event")} of its conversation.`,
  why: whyFinding("waits_behind", `A conversation is delivered in order. Its first event is ${first}.`),
  duplicate: duplicate(facts),
  retry: retryFinding("gateway", "The gateway delivers it by itself, once the events before it have ended."),
  ...(facts.header === undefined ? {} : { consequence: waitingIn(facts.header.conversation) }),
  next: [explainAgain(first, "To see why the first event waits.")]
})

const pending = (facts: EventFacts): StateFindings => {
  const { header, queue, at, now, id } = facts
  if (facts.away !== undefined) return away(facts, facts.away)
  const again = [explainAgain(id, "To see whether it was delivered.")]
  const common = { duplicate: duplicate(facts), ...holding(facts), next: again }
  if (typeof queue !== "object") {
    return {
      ...common,
      sentence: `${capital(eventName(header))} waits for the runtime ${since(at, now)}.`,
      why: whyFinding(
        "order_unknown",
        "It is unknown which event it waits for: too many events wait before it, or it was acknowledged meanwhile."
      ),
      retry: retryFinding("gateway", deliveredNext)
    }
  }
  if (queue.first !== undefined) return behind(facts, queue, queue.first)
  const was = refused(queue)
  return {
    ...common,
    sentence: `${capital(eventName(header))} waits for the runtime ${since(at, now)}, and is the next of its conversation.${was}`,
    why:
      was === ""
        ? whyFinding(
            "waits_for_turn",
            "The runtime has not acknowledged it yet. The log lines `dispatch.held` have each answer."
          )
        : whyFinding(
            "runtime_refused",
            "The runtime answers, and refuses this event. The log lines `dispatch.refused` have each answer."
          ),
    retry: retryFinding("gateway", deliveredNext),
    ...(was === "" ? {} : { fault: faultOf("runtime", "refused") })
  }
}

const delivered = (facts: EventFacts): StateFindings => ({
  sentence: `The runtime acknowledged ${eventName(facts.header)}, which the gateway admitted ${past(facts.at, facts.now)}.`,
  why: whyFinding(
    "acknowledged",
    "The runtime answered 2xx. The store does not keep when; the log line `dispatch.delivered` does."
  ),
  duplicate: duplicate(facts),
  retry: retryFinding("never", "It is not delivered again by itself. An operator may replay it."),
  next: [replayEvent(facts.id, "The runtime lost it: the replay has a webhook id of its own.")]
})

const deadLetter = (facts: EventFacts): StateFindings => {
  const { letter, header, now, id } = facts
  const reason = plainWord(letter?.reason ?? "unknown")
  const often = letter === undefined ? "for good" : counted(letter.refusals, "time")
  const consequence: StateFindings["consequence"] =
    header === undefined
      ? undefined
      : {
          ...consequenceFinding(
            "conversation_goes_on",
            `Conversation ${header.conversation} goes on without it. The dead letter stays until its retention ends.`
          ),
          conversation: header.conversation
        }
  return {
    sentence: `${capital(eventName(header))} is a dead letter${letter === undefined ? "" : ` ${since(letter.at, now)}`}: the runtime refused it ${often}.`,
    why: whyFinding(
      "runtime_refused",
      `The runtime refused it ${often}, while it could be reached. The reason is ${letter === undefined ? "unknown" : `\`${reason}\``}.`
    ),
    duplicate: duplicate(facts),
    retry: retryFinding(
      "operator",
      "The gateway does not deliver it again by itself. An operator may redrive it; it is then delivered out of order."
    ),
    fault: faultOf("runtime", reason),
    ...(consequence === undefined ? {} : { consequence }),
    next: [redriveLetter(id, "The runtime is corrected.")]
  }
}

const partOf = (facts: EventFacts): StateFindings => {
  switch (facts.state) {
    case "pending":
      return pending(facts)
    case "delivered":
      return delivered(facts)
    case "dead_lettered":
      return deadLetter(facts)
  }
}

const moments = ({ state, at, header, queue, letter, replay, replays }: EventFacts): ReadonlyArray<MomentFacts> => {
  const admitted: MomentFacts =
    replay === undefined
      ? { at, what: "admitted", said: "admitted, or sent again by an operator" }
      : { what: "replayed", said: `replayed by an operator, as replay ${replay}` }
  const refusals = letter?.refusals ?? (typeof queue === "object" ? queue.refusals : 0)
  return [
    ...(header === undefined
      ? []
      : [{ at: header.occurredAt, what: "occurred", said: "happened, by the provider's clock" }]),
    admitted,
    ...(refusals === 0 ? [] : [{ what: "refused", said: `refused ${counted(refusals, "time")} by the runtime` }]),
    ...(letter === undefined ? [] : [{ at: letter.at, what: "dead_lettered", said: "became a dead letter" }]),
    ...(state === "delivered" ? [{ what: "acknowledged", said: "acknowledged by the runtime" }] : []),
    ...(replays === 0 || replay !== undefined
      ? []
      : [{ what: "replayed", said: `replayed ${counted(replays, "time")} by an operator` }])
  ]
}

/** Explains an event from its record, its place in its conversation and its dead letter. */
export const explainEvent = (facts: EventFacts): Findings => {
  const part = partOf(facts)
  return {
    ...part,
    id: facts.id,
    subject: "event",
    at: facts.now,
    state: facts.state,
    next: part.next ?? [],
    about: aboutEvent(facts.header),
    timeline: moments(facts)
  }
}

/** Explains an event of which the store keeps the dedupe mark alone. */
export const explainExpiredEvent = (id: string, now: number): Findings => ({
  id,
  subject: "event",
  at: now,
  state: "expired",
  sentence: "This event was received, and the store keeps only its dedupe mark.",
  why: whyFinding(
    "expired",
    "Its retention is over, or its person was erased. Whether the runtime acknowledged it is unknown here; the log of that time has it."
  ),
  duplicate: duplicateFinding("single", `It was admitted once, unless an operator sent it again. ${copies}`),
  retry: retryFinding("never", "It is not delivered again: its content is gone."),
  about: {},
  next: [],
  timeline: []
})
