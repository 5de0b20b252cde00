import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { TemplateAttachment } from "../../meta/messaging/attachments.ts"
import { requestOf } from "../../meta/messaging/inputs.ts"
import { checkReached, reachedOf } from "../../meta/messaging/recipients.ts"
import { send } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"
import { aroundMessage } from "./text.ts"

const TemplateInput = Schema.Struct({ attachment: TemplateAttachment, ...aroundMessage })

const perform = ({ to, input, ...context }: Send<typeof TemplateInput.Type, Settings, Account>) =>
  Effect.flatMap(reachedOf(to), (recipient) => send(context, "messenger.template", recipient, requestOf(input)))

/**
 * Sends a structured message: cards, a text with buttons, and the provider's other templates. Its echo returns the
 * callback data.
 */
export const template = verified({
  id: "template",
  input: TemplateInput,
  recipient: "required",
  acknowledged: "echo",
  checkRecipient: checkReached,
  proof: "message-echo",
  send: perform
})
