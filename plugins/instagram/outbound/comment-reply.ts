import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  type Look,
  type MessageTraits,
  type Send,
  type Sighting,
  type Wanted,
  verified
} from "../../../src/connector/capability.ts"
import type { Json } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { instantOf, listOf, objectOf, textOf } from "../../meta/read-json.ts"
import { checkComment, recipientOf } from "../../meta/messaging/recipients.ts"
import { call, profileOf } from "../graph.ts"
import { type Account, loginOf, type Settings } from "../settings.ts"

/** Input of a reply. The length of `message` has no documented limit. */
const ReplyInput = Schema.Struct({ message: Schema.NonEmptyString })
type ReplyInput = typeof ReplyInput.Type

const repliesOf = (comment: string) => `${encodeURIComponent(comment)}/replies`

const send = ({ to, input, ...context }: Send<ReplyInput, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (comment) =>
    call(context, {
      operation: "instagram.comment_reply",
      method: "POST",
      path: repliesOf(comment),
      query: { message: input.message },
      expect: (body) => {
        const messageId = textOf(objectOf(body)?.["id"])
        return messageId === undefined ? undefined : { messageId }
      }
    })
  )

/** Returns the account's own name, which its replies carry. */
const usernameOf = (context: Omit<Look<ReplyInput, Settings, Account>, "to" | "input">) => {
  const own = loginOf(context) === "instagram" ? "me" : encodeURIComponent(context.account.instagramAccountId)
  return call(context, {
    operation: "instagram.username",
    method: "GET",
    path: own,
    query: { fields: "username" },
    expect: (body) => textOf(profileOf(body)?.["username"])
  })
}

/**
 * Returns replies with the same text under the same comment, written by the account itself (META 4.9). Reads only the
 * first page of replies.
 */
const find = ({ to, input, ...context }: Look<ReplyInput, Settings, Account>) =>
  Effect.gen(function* () {
    const comment = yield* recipientOf(to)
    const username = yield* usernameOf(context)
    return yield* call(context, {
      operation: "instagram.replies",
      method: "GET",
      path: repliesOf(comment),
      query: { fields: "id,text,timestamp,username" },
      expect: (body) =>
        listOf(objectOf(body)?.["data"])?.flatMap((reply) => sightingOf(reply, input.message, username) ?? [])
    })
  })

const sightingOf = (reply: Json, message: string, username: string): Sighting | undefined => {
  const { id, text, timestamp, username: author } = objectOf(reply) ?? {}
  const messageId = textOf(id)
  const createdAt = instantOf(timestamp)
  const alike = textOf(text)?.trim() === message.trim() && author === username
  return alike && messageId !== undefined && createdAt !== undefined ? { messageId, createdAt } : undefined
}

/** Returns the traits of a reply: the same text under the same comment. */
const traits = ({ to, input }: Wanted<ReplyInput>): MessageTraits => ({
  ...(to === undefined ? {} : { recipient: `comment ${Personal.open(to)}` }),
  kind: "comment_reply",
  content: input.message.trim()
})

/** Answers a comment in public, `to` its id. Reading the replies back ends a doubt (G20). */
export const commentReply = verified({
  id: "comment_reply",
  input: ReplyInput,
  recipient: "required",
  acknowledged: "readBack",
  checkRecipient: checkComment,
  traits,
  proof: "read-back",
  find,
  send
})
