import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, unprotected } from "../../../src/connector/capability.ts"
import { credentialsOf } from "../../meta/credentials.ts"
import { checkComment, recipientOf } from "../../meta/messaging/recipients.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { client } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

/** Input of a reply. The length of `message` has no documented limit. */
const ReplyInput = Schema.Struct({ message: Schema.NonEmptyString })

const send = ({ to, input, ...context }: Send<typeof ReplyInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (comment) =>
    client({
      operation: "messenger.comment_reply",
      method: "POST",
      path: `${encodeURIComponent(comment)}/comments`,
      settings: context.settings.graph,
      ...credentialsOf(context),
      body: input,
      expect: (body) => {
        const messageId = textOf(objectOf(body)?.["id"])
        return messageId === undefined ? undefined : { messageId }
      }
    })
  )

/**
 * Answers a comment in public, `to` its id (META 6). No source documents how to read it back, so an operator must
 * resolve a doubt.
 */
export const commentReply = unprotected({
  id: "comment_reply",
  input: ReplyInput,
  recipient: "required",
  acknowledged: "accepted",
  checkRecipient: checkComment,
  send
})
