import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, unprotected } from "../../../src/connector/capability.ts"
import { privateReplyTraits } from "../../meta/messaging/echo-looks.ts"
import { inMessage, textOfBytes } from "../../meta/messaging/inputs.ts"
import { checkComment, messageReceipt, recipientOf } from "../../meta/messaging/recipients.ts"
import { post } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"
import { longestText } from "./text.ts"

const PrivateReplyInput = Schema.Struct({ text: textOfBytes(longestText), ...inMessage })

const send = ({ to, input, ...context }: Send<typeof PrivateReplyInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (comment) =>
    post(context, "instagram.private_reply", { recipient: { comment_id: comment }, message: input }, messageReceipt)
  )

/**
 * Sends a direct message to the author of a comment, `to` its id; once for each comment, within 7 days. Its echo does
 * not name the comment. A refused second one is a hint and no proof (G20), so an operator must resolve a doubt.
 */
export const privateReply = unprotected({
  id: "private_reply",
  input: PrivateReplyInput,
  recipient: "required",
  acknowledged: "accepted",
  checkRecipient: checkComment,
  traits: privateReplyTraits,
  send
})
