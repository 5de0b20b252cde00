import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { attachmentTraits } from "../../meta/messaging/echo-looks.ts"
import { Attachment } from "../../meta/messaging/attachments.ts"
import { besideMessage, inMessage, requestOf } from "../../meta/messaging/inputs.ts"
import { checkPerson, messageReceipt, recipientOf } from "../../meta/messaging/recipients.ts"
import { post } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

/** The provider's own `message` with an attachment (META 5.3). A text is a message of its own. */
const AttachmentInput = Schema.Struct({ attachment: Attachment, ...inMessage, ...besideMessage })

const send = ({ to, input, ...context }: Send<typeof AttachmentInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (id) =>
    post(context, "instagram.attachment", { recipient: { id }, ...requestOf(input) }, messageReceipt)
  )

/**
 * Sends an image, an audio, a video or a file. Its echo is matched by person, type and address. Another address may be
 * the provider's own, and proves nothing.
 */
export const attachment = verified({
  id: "attachment",
  input: AttachmentInput,
  recipient: "required",
  acknowledged: "echo",
  checkRecipient: checkPerson,
  proof: "message-echo",
  traits: attachmentTraits,
  send
})
