import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { Attachment } from "../../meta/messaging/attachments.ts"
import { requestOf } from "../../meta/messaging/inputs.ts"
import { checkReached, reachedOf } from "../../meta/messaging/recipients.ts"
import { send } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"
import { aroundMessage } from "./text.ts"

/** The provider's own `message` with an attachment, and the members beside it (META 6). */
const AttachmentInput = Schema.Struct({ attachment: Attachment, ...aroundMessage })

const perform = ({ to, input, ...context }: Send<typeof AttachmentInput.Type, Settings, Account>) =>
  Effect.flatMap(reachedOf(to), (recipient) => send(context, "messenger.attachment", recipient, requestOf(input)))

/** Sends an image, an audio, a video or a file. Its echo returns the callback data. */
export const attachment = verified({
  id: "attachment",
  input: AttachmentInput,
  recipient: "required",
  acknowledged: "echo",
  checkRecipient: checkReached,
  proof: "message-echo",
  send: perform
})
