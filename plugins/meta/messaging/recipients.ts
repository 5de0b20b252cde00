import * as Effect from "effect/Effect"
import { PayloadError } from "../../../src/domain/failure.ts"
import type { Receipt } from "../../../src/domain/intent.ts"
import type { Json } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { objectOf, textOf } from "../read-json.ts"

const id = /^[A-Za-z0-9_-]{1,128}$/

/**
 * Rejects a text that no id of this provider can be. It becomes part of a path, and a phone number in its place is a
 * mistake.
 */
const checkId = (what: string) => (to: string) =>
  id.test(to) ? undefined : `expected ${what}: letters, digits, - and _ alone`

export const checkPerson = checkId("the person's id, as it came in `from`")
export const checkComment = checkId("the id of a comment, as it came in `providerId`")

/** Matches other ways to name a recipient, written `<name>:<value>` (META 6). The value goes only into the body. */
const named = /^(user_ref|notification_messages_token):([\x21-\x7e]{1,1024})$/
const post = /^post_id:([A-Za-z0-9_-]{1,128})$/

/** Rejects a text that names no person of Messenger. */
export const checkReached = (to: string): string | undefined =>
  named.test(to)
    ? undefined
    : checkPerson(to) && `${checkPerson(to)}; or user_ref: or notification_messages_token: and its value`

/** Rejects a text that names neither a comment nor a post. */
export const checkPublished = (to: string): string | undefined =>
  post.test(to) ? undefined : checkComment(to) && `${checkComment(to)}; or post_id: and the id of a post`

const noRecipient = new PayloadError({
  code: "invalid_request",
  detail: "the capability requires a recipient",
  issues: [{ path: ["to"], message: "expected a recipient" }]
})

/** Returns the recipient as plain text, where it is sent. */
export const recipientOf = (to: Personal<string> | undefined): Effect.Effect<string, PayloadError> =>
  to === undefined ? Effect.fail(noRecipient) : Effect.succeed(Personal.open(to))

type Recipient = { readonly [name: string]: string }

/** Returns the provider's `recipient` of a message to a person. */
export const reachedOf = (to: Personal<string> | undefined): Effect.Effect<Recipient, PayloadError> =>
  Effect.map(recipientOf(to), (plain): Recipient => {
    const [, name, value] = named.exec(plain) ?? []
    return name === undefined || value === undefined ? { id: plain } : { [name]: value }
  })

/** Returns the provider's `recipient` of a private reply. */
export const publishedOf = (to: Personal<string> | undefined): Effect.Effect<Recipient, PayloadError> =>
  Effect.map(recipientOf(to), (plain): Recipient => {
    const [, postId] = post.exec(plain) ?? []
    return postId === undefined ? { comment_id: plain } : { post_id: postId }
  })

/** Reads `{recipient_id, message_id}` (META 5.3, 6). */
export const messageReceipt = (body: Json): Receipt | undefined => {
  const messageId = textOf(objectOf(body)?.["message_id"])
  return messageId === undefined ? undefined : { messageId }
}

/** Reads `{recipient_id}`, the answer to a sender action, which has no id of its own (META 5.3). */
export const actionReceipt = (body: Json): Receipt | undefined =>
  textOf(objectOf(body)?.["recipient_id"]) === undefined ? undefined : {}
