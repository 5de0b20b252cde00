import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { AttachmentType, AttachmentUrl, ReplyTo, Tag, besideOf } from "../../meta/messaging/inputs.ts"
import { checkPerson, recipientOf } from "../../meta/messaging/recipients.ts"
import { send } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"
import { MessagingType } from "./text.ts"

/** Where the provider fetches it, or the id of one that it kept (META 6). */
const Payload = Schema.Union([
  Schema.Struct({ url: AttachmentUrl, is_reusable: Schema.optionalKey(Schema.Boolean) }),
  Schema.Struct({ attachment_id: Schema.NonEmptyString })
])

/** The provider's own `message` with an attachment, and what may stand beside it (META 6). */
const AttachmentInput = Schema.Struct({
  attachment: Schema.Struct({ type: AttachmentType, payload: Payload }),
  messaging_type: Schema.optionalKey(MessagingType),
  tag: Schema.optionalKey(Tag),
  reply_to: Schema.optionalKey(ReplyTo)
})

const perform = ({ to, input, ...context }: Send<typeof AttachmentInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (id) => {
    const { attachment: attached, messaging_type: type = "RESPONSE" } = input
    const request = { recipient: { id }, messaging_type: type, message: { attachment: attached }, ...besideOf(input) }
    return send(context, "messenger.attachment", request)
  })

/** An image, a sound, a video or a file. Its echo returns our callback data. */
export const attachment = verified({
  id: "attachment",
  input: AttachmentInput,
  recipient: "required",
  checkRecipient: checkPerson,
  proof: "message-echo",
  send: perform
})
