import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { textTraits } from "../../meta/messaging/echo-looks.ts"
import { besideMessage, inMessage, requestOf, textOfBytes } from "../../meta/messaging/inputs.ts"
import { checkPerson, messageReceipt, recipientOf } from "../../meta/messaging/recipients.ts"
import { post } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

/** Most bytes of UTF-8 in a text (META 5.3). */
export const longestText = 1000

/** The provider's own `message` with a text, and the members beside it (META 5.3). */
const TextInput = Schema.Struct({ text: textOfBytes(longestText), ...inMessage, ...besideMessage })

const send = ({ to, input, ...context }: Send<typeof TextInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (id) =>
    post(context, "instagram.text", { recipient: { id }, ...requestOf(input) }, messageReceipt)
  )

/** Sends a direct message. The provider returns no callback data: its echo is matched by person and text (META 4.8). */
export const text = verified({
  id: "text",
  input: TextInput,
  recipient: "required",
  acknowledged: "echo",
  checkRecipient: checkPerson,
  proof: "message-echo",
  traits: textTraits,
  send
})
