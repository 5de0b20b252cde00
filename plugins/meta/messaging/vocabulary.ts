import type { EventKind } from "../../../src/domain/event.ts"

/** What an item of `messaging[]` may tell, by the member that says so; any other is kept as `unknown`. */
export interface Happening {
  readonly kind: EventKind
  /** `postback`, as in `message.postback`. */
  readonly name: string
  /** What begins its identity where that is weak, unless its member does (G12). */
  readonly sort?: string
}

export interface Vocabulary {
  /** Beside `message`. */
  readonly happenings: ReadonlyMap<string, Happening>
  /** By the field of a change, where the value has no member that says what happened. */
  readonly fields: ReadonlyMap<string, Happening>
  /** Types of attachments that name a message; one with any other is `message.attachment`. */
  readonly attachments: ReadonlySet<string>
}

const happening =
  (kind: EventKind) =>
  (name: string): Happening => ({ kind, name })

export const message = happening("message")
export const status = happening("status")
export const account = happening("account")

/** What both channels tell (META 5.2, 6). */
export const common: ReadonlyArray<readonly [member: string, Happening]> = [
  ["postback", message("postback")],
  ["reaction", message("reaction")],
  ["message_edit", message("edit")],
  ["referral", message("referral")],
  ["read", status("read")]
]

/** It was `unknown` in earlier releases, and keeps the identity that it had then (G12). */
const lateNamed = (one: Happening): Happening => ({ ...one, sort: "unknown" })

/** Who holds a conversation (META 6), on both channels. */
const handover: ReadonlyArray<readonly [member: string, Happening]> = [
  "pass_thread_control",
  "take_thread_control",
  "request_thread_control",
  "app_roles",
  "policy_enforcement"
].map((name) => [name, lateNamed(account(name))])

/** A cart, and what a person thinks of an answer. */
const feedback: ReadonlyArray<readonly [member: string, Happening]> = [
  "order",
  "messaging_feedback",
  "response_feedback"
].map((name) => [name, lateNamed(message(name))])

/** What both channels tell and earlier releases did not know. */
export const commonLately: ReadonlyArray<readonly [member: string, Happening]> = [...handover, ...feedback]

/** The fields of changes that are named so themselves (META 5.1). */
export const commonFields: ReadonlyMap<string, Happening> = new Map([
  ...commonLately,
  ["messaging_policy_enforcement", lateNamed(account("policy_enforcement"))]
])

/** Names that a message has beside those of its attachments. */
export const messageNames: ReadonlyArray<string> = [
  "text",
  "quick_reply",
  "story_reply",
  "attachment",
  "deleted",
  "unsupported"
]
