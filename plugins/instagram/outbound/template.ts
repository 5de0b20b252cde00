import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, unprotected } from "../../../src/connector/capability.ts"
import { TemplateAttachment } from "../../meta/messaging/attachments.ts"
import { unknownTraits } from "../../meta/messaging/echo-looks.ts"
import { besideMessage, inMessage, requestOf } from "../../meta/messaging/inputs.ts"
import { checkPerson, messageReceipt, recipientOf } from "../../meta/messaging/recipients.ts"
import { post } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

const TemplateInput = Schema.Struct({ attachment: TemplateAttachment, ...inMessage, ...besideMessage })

const send = ({ to, input, ...context }: Send<typeof TemplateInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (id) =>
    post(context, "instagram.template", { recipient: { id }, ...requestOf(input) }, messageReceipt)
  )

/** Sends a generic or a button template. No source shows the content of its echo, so an operator must resolve a doubt. */
export const template = unprotected({
  id: "template",
  input: TemplateInput,
  recipient: "required",
  acknowledged: "echo",
  checkRecipient: checkPerson,
  traits: unknownTraits,
  send
})
