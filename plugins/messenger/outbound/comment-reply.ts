import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, unprotected } from "../../../src/connector/capability.ts"
import { credentialsOf } from "../../meta/credentials.ts"
import { checkComment, recipientOf } from "../../meta/messaging/recipients.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { client } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

/** `message`: its length has no documented limit. */
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

/** A public answer under a comment, `to` its id (META 6). How it is read back is not documented: a doubt waits for a person. */
export const commentReply = unprotected({
  id: "comment_reply",
  input: ReplyInput,
  recipient: "required",
  checkRecipient: checkComment,
  send
})
