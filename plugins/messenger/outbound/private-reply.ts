import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { requestOf } from "../../meta/messaging/inputs.ts"
import { checkPublished, publishedOf } from "../../meta/messaging/recipients.ts"
import { send } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"
import { Text, aroundMessage } from "./text.ts"

const PrivateReplyInput = Schema.Struct({ text: Text, ...aroundMessage })

const perform = ({ to, input, ...context }: Send<typeof PrivateReplyInput.Type, Settings, Account>) =>
  Effect.flatMap(publishedOf(to), (recipient) => send(context, "messenger.private_reply", recipient, requestOf(input)))

/**
 * Sends a message to the author of a comment on a post of the page, or of a post; once each, within 7 days (META 5.3,
 * 6). Its echo returns the callback data. A refused second one is a hint and no proof (G20).
 */
export const privateReply = verified({
  id: "private_reply",
  input: PrivateReplyInput,
  recipient: "required",
  acknowledged: "echo",
  checkRecipient: checkPublished,
  proof: "message-echo",
  send: perform
})
