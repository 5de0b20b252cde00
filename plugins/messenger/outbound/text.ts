import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { QuickReplies, ReplyTo, Tag, besideOf } from "../../meta/messaging/inputs.ts"
import { checkPerson, recipientOf } from "../../meta/messaging/recipients.ts"
import { send } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

/** At most 2000 characters: not from a captured source (META 0); here UTF-16 code units. */
export const Text = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(2000))

/** `RESPONSE` unless told (META 6). */
export const MessagingType = Schema.Literals(["RESPONSE", "UPDATE"])

/** The provider's own `message` with a text, and what may stand beside it (META 6). */
const TextInput = Schema.Struct({
  text: Text,
  quick_replies: Schema.optionalKey(QuickReplies),
  messaging_type: Schema.optionalKey(MessagingType),
  tag: Schema.optionalKey(Tag),
  reply_to: Schema.optionalKey(ReplyTo)
})

const perform = ({ to, input, ...context }: Send<typeof TextInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (id) => {
    const { text: words, quick_replies: replies, messaging_type: type = "RESPONSE" } = input
    const message = { text: words, ...(replies === undefined ? {} : { quick_replies: replies }) }
    const request = { recipient: { id }, messaging_type: type, message, ...besideOf(input) }
    return send(context, "messenger.text", request)
  })

/** A message of the page. Its echo returns our callback data. */
export const text = verified({
  id: "text",
  input: TextInput,
  recipient: "required",
  checkRecipient: checkPerson,
  proof: "message-echo",
  send: perform
})
