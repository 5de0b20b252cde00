import * as Schema from "effect/Schema"
import { Certainty, FailureClass } from "../domain/failure.ts"
import { AccountId, CapabilityId, ConnectorId, ConversationId, CorrelationId } from "../domain/ids.ts"
import { Protection } from "../domain/intent.ts"

const optional = Schema.optionalKey
const text = (description: string) => Schema.String.annotate({ description })
const time = (description: string) => Schema.Finite.annotate({ description })
const said = text("States the answer in one or two sentences. The text may change between releases.")

/** Code of the cause. Programs compare it; `said` is for people. */
export const WhyCode = Schema.Literals([
  "answered",
  "proven",
  "resolved",
  "not_delivered",
  "waits_for_turn",
  "waits_behind",
  "order_unknown",
  "call_under_way",
  "failed",
  "outcome_unknown",
  "no_settlement",
  "contradicted",
  "runtime_away",
  "runtime_refused",
  "acknowledged",
  "quarantined",
  "expired"
]).annotate({ description: "Names what happened. The reference explains each code." })
export type WhyCode = typeof WhyCode.Type

/** Code of the answer to `was there a second effect`. */
export const DuplicateCode = Schema.Literals([
  "single",
  "none",
  "at_most_one",
  "harmless",
  "possible",
  "sent_again",
  "weak_identity",
  "unknown"
]).annotate({
  description:
    "States whether the effect may have happened twice: `single`, `none` (no effect at all), `at_most_one`, `harmless` (a repeated call changes nothing), `possible`, `sent_again` (an operator did it), `weak_identity` or `unknown`."
})
export type DuplicateCode = typeof DuplicateCode.Type

/** Code of the answer to `will it be tried again`. */
export const RetryCode = Schema.Literals([
  "never",
  "gateway",
  "same_key",
  "new_key",
  "evidence",
  "operator",
  "wait"
]).annotate({
  description:
    "States who tries again: `never`, `gateway`, `same_key` or `new_key` (the caller, under that key), `evidence` (the provider's next status may end it), `operator` or `wait` (ask again later)."
})
export type RetryCode = typeof RetryCode.Type

/** Side whose fault it is. The first three are the failure classes of the product. */
export const Side = Schema.Literals(["infra", "provider", "payload", "runtime", "operator"]).annotate({
  description:
    "Names the side at fault: `infra` (store, secrets, network or configuration), `provider`, `payload` (the request or the webhook's content), `runtime` (your application) or `operator`."
})
export type Side = typeof Side.Type

export const Fault = Schema.Struct({
  side: Side,
  class: optional(FailureClass),
  code: text("Names the failure: a fixed word of the gateway, the provider's error code, or the runtime's answer."),
  said: text("States whose fault it is, in one sentence."),
  certainty: optional(Certainty),
  unlisted: optional(
    Schema.Literal(true).annotate({ description: "True when the error table has no row for the code. Else absent." })
  ),
  providerStatus: optional(
    Schema.Int.annotate({ description: "HTTP status of the provider's answer. Absent when there was none." })
  ),
  providerTraceId: optional(text("The provider's id of the call, for its support. Absent when the provider gave none."))
}).annotate({ description: "Names the failure and the side at fault. Absent when nothing failed." })
export type Fault = typeof Fault.Type

export const Consequence = Schema.Struct({
  code: Schema.Literals([
    "holds_conversation",
    "waits_in_conversation",
    "conversation_goes_on",
    "account_paused"
  ]).annotate({ description: "Names the effect on other work." }),
  said,
  conversation: optional(ConversationId),
  until: optional(time("Time at which the effect ends. Absent when no time is known."))
}).annotate({ description: "States the effect on other work. Absent when there is none." })
export type Consequence = typeof Consequence.Type

const NextRequest = Schema.Struct({
  method: Schema.Literals(["GET", "POST"]).annotate({ description: "Method of the request." }),
  path: text("Path of the request."),
  body: optional(
    Schema.Record(Schema.String, Schema.String).annotate({
      description: "JSON body of the request. Absent when it has none."
    })
  )
}).annotate({ description: "States the same step as a request to this API." })

/** One step that a person can take now, as a command and as a request. */
export const NextStep = Schema.Struct({
  when: text("States the condition under which the step is right."),
  command: optional(
    Schema.Array(Schema.String).annotate({
      description:
        "Arguments of `comporta`, without `--url` and `--key-file`. Absent when no command makes this request."
    })
  ),
  request: NextRequest,
  scope: Schema.Literals(["none", "read", "operate"]).annotate({
    description: "Scope of the key that the step needs."
  }),
  permitted: Schema.Boolean.annotate({ description: "True when the caller's own key has the scope." })
}).annotate({ description: "One step that is possible now." })
export type NextStep = typeof NextStep.Type

const Moment = Schema.Struct({
  n: Schema.Int.annotate({ description: "Number of the entry, from 1, by which a report can cite it." }),
  at: optional(time("Time of the entry, in milliseconds since the epoch. Absent when the store does not keep it.")),
  ageMs: optional(time("Milliseconds between the entry and this answer. Absent when its time is not stored.")),
  attempt: optional(Schema.Int.annotate({ description: "Number of the attempt. Absent when it concerns none." })),
  what: text("Names the entry by a fixed word."),
  said: text("States the entry for people.")
}).annotate({ description: "One entry of the timeline." })

/** A moment before it has its number and its age. */
export type MomentFacts = Omit<typeof Moment.Type, "n" | "ageMs">

const About = Schema.Struct({
  connector: optional(ConnectorId),
  account: optional(AccountId),
  capabilityId: optional(CapabilityId),
  protection: optional(Protection),
  eventType: optional(text("Names connector, kind and subtype of an event, such as `whatsapp.message.text`.")),
  conversation: optional(ConversationId),
  correlationId: optional(CorrelationId)
}).annotate({ description: "Names what the id is about. A member is absent when the store does not keep it." })
export type About = typeof About.Type

/** Explanation of one intent, event or quarantined item. It holds no person, content, or text of a provider. */
export const Diagnosis = Schema.Struct({
  id: text("Repeats the id."),
  subject: Schema.Literals(["intent", "event", "quarantined_item"]).annotate({ description: "Kind of the id." }),
  state: text(
    "State of an intent; or `pending`, `delivered`, `dead_lettered`, `expired` of an event; or `quarantined`."
  ),
  at: time("Time of this answer, in milliseconds of the store's clock."),
  sentence: text("States what happened in one sentence."),
  why: Schema.Struct({ code: WhyCode, said }).annotate({ description: "States what happened and its cause." }),
  duplicate: Schema.Struct({
    code: DuplicateCode,
    said,
    attempts: optional(
      Schema.Int.annotate({
        description: "Number of attempts of an intent, or replays of an event. Absent if unknown."
      })
    )
  }).annotate({ description: "States whether it was deduplicated and whether there was a second effect." }),
  retry: Schema.Struct({
    code: RetryCode,
    said,
    at: optional(time("Time of the next attempt, or until which to wait. Absent when it is not known."))
  }).annotate({ description: "States whether it is tried again, when and by whom." }),
  fault: optional(Fault),
  consequence: optional(Consequence),
  next: optional(
    Schema.Array(NextStep).annotate({
      description: "Lists the steps that are possible now. Absent when there are none."
    })
  ),
  about: About,
  timeline: optional(
    Schema.Array(Moment).annotate({
      description: "Lists what is known to have happened, oldest first. Absent if nothing."
    })
  )
}).annotate({
  identifier: "Diagnosis",
  description: "Explains one intent, event or quarantined item: why, duplicate, retry, whose fault and what to do."
})
export type Diagnosis = typeof Diagnosis.Type

/** A diagnosis before its timeline is numbered and its steps are compared with the caller's scopes. */
export type Findings = Omit<Diagnosis, "next" | "timeline"> & {
  readonly next: ReadonlyArray<Omit<NextStep, "permitted">>
  readonly timeline: ReadonlyArray<MomentFacts>
}

/** Numbers the timeline, marks the steps that the scopes permit, and leaves out empty sections. */
export const diagnosisOf = ({ next, timeline, ...found }: Findings, scopes: ReadonlyArray<string>): Diagnosis => ({
  ...found,
  ...(next.length === 0
    ? {}
    : { next: next.map((step) => ({ ...step, permitted: step.scope === "none" || scopes.includes(step.scope) })) }),
  ...(timeline.length === 0
    ? {}
    : {
        timeline: timeline.map((moment, index) => ({
          n: index + 1,
          ...moment,
          ...(moment.at === undefined ? {} : { ageMs: Math.max(0, found.at - moment.at) })
        }))
      })
})
