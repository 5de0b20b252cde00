import type { EventKind } from "../../../src/domain/event.ts"

/** Meaning of an item of `messaging[]`, by its member. An item with another member is kept as `unknown`. */
export interface Happening {
  readonly kind: EventKind
  /** Name in the type: `postback` in `message.postback`. */
  readonly name: string
  /** First part of a weak identity, in place of the member (G12). */
  readonly sort?: string
}

export interface Vocabulary {
  /** Members beside `message`. */
  readonly happenings: ReadonlyMap<string, Happening>
  /** Meanings by the field of a change, where the value has no such member. */
  readonly fields: ReadonlyMap<string, Happening>
  /** Types of attachments that name a message. One with another type is `message.attachment`. */
  readonly attachments: ReadonlySet<string>
}

const happening =
  (kind: EventKind) =>
  (name: string): Happening => ({ kind, name })

export const message = happening("message")
export const status = happening("status")
export const account = happening("account")

/** Members of both channels (META 5.2, 6). */
export const common: ReadonlyArray<readonly [member: string, Happening]> = [
  ["postback", message("postback")],
  ["reaction", message("reaction")],
  ["message_edit", message("edit")],
  ["referral", message("referral")],
  ["read", status("read")]
]

/** Marks a member that was `unknown` in earlier releases, and keeps its identity from then (G12). */
const lateNamed = (one: Happening): Happening => ({ ...one, sort: "unknown" })

/** Changes of the app that holds a conversation (META 6), on both channels. */
const handover: ReadonlyArray<readonly [member: string, Happening]> = [
  "pass_thread_control",
  "take_thread_control",
  "request_thread_control",
  "app_roles",
  "policy_enforcement"
].map((name) => [name, lateNamed(account(name))])

/** A cart, and a person's feedback on an answer. */
const feedback: ReadonlyArray<readonly [member: string, Happening]> = [
  "order",
  "messaging_feedback",
  "response_feedback"
].map((name) => [name, lateNamed(message(name))])

/** Members of both channels that earlier releases did not know. */
export const commonLately: ReadonlyArray<readonly [member: string, Happening]> = [...handover, ...feedback]

/** Fields of changes with such names (META 5.1). */
export const commonFields: ReadonlyMap<string, Happening> = new Map([
  ...commonLately,
  ["messaging_policy_enforcement", lateNamed(account("policy_enforcement"))]
])

/** Names of a message beside those of its attachments. */
export const messageNames: ReadonlyArray<string> = [
  "text",
  "quick_reply",
  "story_reply",
  "attachment",
  "deleted",
  "unsupported"
]
