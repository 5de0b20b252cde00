import {
  AccountId,
  CapabilityId,
  ConnectorId,
  ConversationId,
  CorrelationId,
  EventId,
  IntentId,
  QuarantineId
} from "../../src/domain/ids.ts"
import type { FailureReport } from "../../src/domain/failure.ts"
import type { IntentRecord, TimelineEntry } from "../../src/domain/intent.ts"
import type { EventFacts, EventHeader, ItemFacts } from "../../src/explain/event-facts.ts"
import type { IntentFacts } from "../../src/explain/intent-facts.ts"

/** 2026-01-31T12:00:00Z, the time of every answer. */
export const now = 1_769_860_800_000
export const intentId = IntentId.make(`int_${"1".repeat(32)}`)
export const eventId = EventId.make(`evt_${"2".repeat(32)}`)
const otherEvent = EventId.make(`evt_${"3".repeat(32)}`)
const itemId = QuarantineId.make(`qua_${"4".repeat(32)}`)
const conversation = ConversationId.make(`cnv_${"5".repeat(32)}`)
const correlationId = CorrelationId.make(`cor_${"6".repeat(32)}`)
const connector = ConnectorId.make("whatsapp")
const account = AccountId.make("support")

const minute = 60_000
const began = now - 5 * minute

const steps = (...whats: ReadonlyArray<string>): ReadonlyArray<TimelineEntry> =>
  whats.map((what, index) => ({ at: began + index * 1_000, attempt: 1, what }))

const record = (over: Partial<IntentRecord>): IntentRecord => ({
  intentId,
  state: "sent",
  attempt: 1,
  connector,
  account,
  capabilityId: CapabilityId.make("whatsapp.text"),
  protection: "verified",
  correlationId,
  createdAt: began,
  claimedAt: began,
  deadline: began + 15_000,
  settledAt: began + 1_000,
  timeline: steps("claimed", "sent"),
  ...over
})

const failure = (over: Partial<FailureReport>): FailureReport => ({
  class: "ProviderError",
  code: "131047",
  certainty: "not_applied",
  transient: false,
  detail: "the 24-hour customer service window is closed; only a template can be sent",
  ...over
})

const infra = failure({
  class: "InfraError",
  code: "network_refused",
  transient: true,
  detail: "call: network_refused"
})
const provider = failure({ providerStatus: 400, providerTraceId: "AbCdEf" })
const payload = failure({ class: "PayloadError", code: "131009", detail: "the value of a parameter is invalid" })
const unlisted = failure({ code: "999999", detail: "no row", unlisted: true })
const timeout = failure({ code: "timeout", certainty: "unknown", detail: "no whole answer within 10 s" })
const unsettled = failure({ class: "InfraError", code: "unsettled", certainty: "unknown", detail: "settle" })

const intent = (over: Partial<IntentRecord>, more: Partial<IntentFacts> = {}): IntentFacts => ({
  id: intentId,
  now,
  record: record(over),
  ...more
})

const failed = (over: Partial<IntentRecord>, more: Partial<IntentFacts> = {}) =>
  intent({ state: "failed", timeline: steps("claimed", "failed"), ...over }, more)
const doubt = (over: Partial<IntentRecord>, more: Partial<IntentFacts> = {}) =>
  intent({ state: "in_doubt", timeline: steps("claimed", "in_doubt"), ...over }, more)
const { settledAt: _, ...unsettledRecord } = record({})
const withoutEnd = (over: Partial<IntentRecord>, more: Partial<IntentFacts> = {}): IntentFacts => ({
  id: intentId,
  now,
  record: { ...unsettledRecord, ...over },
  ...more
})
const waiting = {
  acceptedAt: began,
  state: "accepted" as const,
  attempt: 0,
  timeline: [{ at: began, attempt: 0, what: "accepted" }]
}

/** Every state of an intent, with every class of failure that it may have. */
export const intentCases: Readonly<Record<string, IntentFacts>> = {
  "claimed, a call under way": withoutEnd(
    { state: "claimed", claimedAt: now - 2_000, deadline: now + 13_000, timeline: steps("claimed") },
    { lane: conversation }
  ),
  "accepted, waits for its turn": withoutEnd(waiting, { lane: conversation }),
  "accepted, after an infra failure": withoutEnd({ ...waiting, attempt: 2, failure: infra }, { lane: conversation }),
  "accepted, while an operator paused the account": withoutEnd(waiting, {
    lane: conversation,
    pause: { why: "operator", since: began }
  }),
  "accepted, while the breaker paused the account": withoutEnd(waiting, {
    pause: { why: "breaker", since: began, until: now + 30_000 }
  }),
  "accepted, sealed under an unknown key": withoutEnd(waiting, { unreadable: true }),
  "sent, answered and delivered": intent({
    delivery: "delivered",
    timeline: steps("claimed", "sent", "status:delivered")
  }),
  "sent, at the second attempt": intent({
    attempt: 2,
    timeline: [
      ...steps("claimed", "failed"),
      { at: began + 9_000, attempt: 2, what: "claimed" },
      { at: began + 9_500, attempt: 2, what: "sent" }
    ]
  }),
  "sent, proven by a status": intent({ delivery: "read", timeline: steps("claimed", "in_doubt", "status:read") }),
  "sent, by verdict": intent({ timeline: steps("claimed", "in_doubt", "resolved:sent") }),
  "sent, idempotent": intent({ protection: "idempotent", capabilityId: CapabilityId.make("whatsapp.mark_read") }),
  "sent, and later not delivered": intent({
    delivery: "failed",
    failure: provider,
    timeline: steps("claimed", "sent", "status:failed")
  }),
  "failed, infra": failed({ failure: infra }),
  "failed, infra, at the second attempt": failed({ failure: infra, attempt: 2 }),
  "failed, provider": failed({ failure: provider }),
  "failed, provider, unlisted": failed({ failure: unlisted }),
  "failed, provider, while the account is paused": failed(
    { failure: failure({ code: "190", detail: "the access token is expired or invalid" }) },
    { pause: { why: "auth", since: began, code: "190" } }
  ),
  "failed, payload": failed({ failure: payload }),
  "failed, by verdict": failed({
    failure: failure({
      class: "InfraError",
      code: "resolved_not_sent",
      transient: true,
      detail: "an operator decided that nothing was sent"
    }),
    timeline: steps("claimed", "in_doubt", "resolved:not_sent")
  }),
  "failed, its person erased": failed({
    failure: failure({ class: "InfraError", code: "recipient_forgotten", detail: "erased" }),
    timeline: steps("accepted", "forgotten", "failed")
  }),
  "failed, without a reason in the record": failed({}),
  "in doubt, provider": doubt({ failure: timeout }, { lane: conversation }),
  "in doubt, provider, holds its conversation": doubt(
    { failure: timeout, claimedAt: now - 21_000, deadline: now - 6_000, settledAt: now - 10_000 },
    { lane: conversation }
  ),
  "in doubt, infra": doubt({ failure: unsettled }),
  "in doubt, without an outcome": withoutEnd({ state: "in_doubt", timeline: steps("claimed") }),
  "in doubt, unprotected": doubt({ failure: timeout, protection: "unprotected" }),
  "in doubt, final": doubt({ failure: timeout, final: true }),
  "disputed, one attempt": intent({
    state: "disputed",
    failure: provider,
    timeline: steps("claimed", "failed", "status:delivered", "disputed")
  }),
  "disputed, two attempts": intent({ state: "disputed", attempt: 2, failure: infra }),
  "expired, only the tombstone": { id: intentId, now, record: "expired" }
}

const header: EventHeader = {
  eventId,
  correlationId,
  connector,
  account,
  conversation,
  type: "whatsapp.message.text",
  kind: "message",
  occurredAt: began - 1_500,
  weakIdentity: false
}

const event = (over: Partial<EventFacts>): EventFacts => ({
  id: eventId,
  now,
  state: "pending",
  at: began,
  replays: 0,
  header,
  ...over
})

const first = { refusals: 0, redriven: false, ahead: 0 }

/** Every state of an event. */
export const eventCases: Readonly<Record<string, EventFacts>> = {
  "pending, next of its conversation": event({ queue: first }),
  "pending, refused twice": event({ queue: { ...first, refusals: 2 } }),
  "pending, behind another event": event({ queue: { ...first, ahead: 2, first: otherEvent } }),
  "pending, while the runtime is away": event({ queue: first, away: "503" }),
  "pending, its place is unknown": event({ queue: "unknown" }),
  "pending, redriven": event({ queue: { ...first, redriven: true } }),
  "pending, unreadable": (({ header: _header, ...rest }) => rest)(event({ queue: first })),
  delivered: event({ state: "delivered" }),
  "delivered, weak identity": event({ state: "delivered", header: { ...header, weakIdentity: true } }),
  "delivered, replayed": event({ state: "delivered", replays: 2 }),
  "dead letter": event({
    state: "dead_lettered",
    letter: { at: now - minute, reason: "runtime_refused_422", refusals: 5 }
  }),
  "dead letter, its letter gone": event({ state: "dead_lettered" }),
  "dead letter of a replay": event({
    id: `${eventId}.r1`,
    state: "dead_lettered",
    replays: 1,
    replay: 1,
    letter: { at: now - minute, reason: "runtime_answer_malformed", refusals: 5 }
  })
}

const head = { v: 1, id: itemId, cor: correlationId, con: connector, detail: "", at: began } as const

/** Every reason of a quarantine. */
export const itemCases: Readonly<Record<string, ItemFacts>> = {
  "unknown account": { id: itemId, now, at: began, head: { ...head, reason: "unknown_account" } },
  "foreign secret": { id: itemId, now, at: began, head: { ...head, reason: "foreign_secret", acc: account } },
  payload: { id: itemId, now, at: began, head: { ...head, reason: "payload", detail: "messages.0.type" } },
  cut: { id: itemId, now, at: began, head: { ...head, reason: "payload", detail: "too_many_items", cut: 3_000_000 } },
  "not kept": { id: itemId, now, at: began }
}
