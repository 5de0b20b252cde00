import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { checkComment, recipientOf } from "../../meta/messaging/recipients.ts"
import { send } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"
import { Text } from "./text.ts"

const PrivateReplyInput = Schema.Struct({ text: Text })

const perform = ({ to, input, ...context }: Send<typeof PrivateReplyInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (comment) =>
    send(context, "messenger.private_reply", {
      recipient: { comment_id: comment },
      messaging_type: "RESPONSE",
      message: input
    })
  )

/**
 * A message to whoever commented on a post of the page, `to` the comment's id; once a comment, within 7 days (META 5.3,
 * 6). Its echo returns our callback data; that a second one is refused is a hint and no proof (G20).
 */
export const privateReply = verified({
  id: "private_reply",
  input: PrivateReplyInput,
  recipient: "required",
  checkRecipient: checkComment,
  proof: "message-echo",
  send: perform
})
