import type { EventKind } from "../../../src/domain/event.ts"

/** What an item of `messaging[]` may tell, by the member that says so; any other is kept as `unknown`. */
export interface Happening {
  readonly kind: EventKind
  /** `postback`, as in `message.postback`. */
  readonly name: string
}

export interface Vocabulary {
  /** Beside `message`. */
  readonly happenings: ReadonlyMap<string, Happening>
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

/** Names that a message has beside those of its attachments. */
export const messageNames: ReadonlyArray<string> = [
  "text",
  "quick_reply",
  "story_reply",
  "attachment",
  "deleted",
  "unsupported"
]
