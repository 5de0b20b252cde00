import * as Schema from "effect/Schema"
import { OpenWord, reserved } from "../../meta/input-schema.ts"
import type { Send } from "../../../src/connector/capability.ts"
import type { Receipt } from "../../../src/domain/intent.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { objectOf } from "../../meta/read-json.ts"
import { identityOfMessage } from "../inbound/messages.ts"
import type { Account, Settings } from "../settings.ts"
import { addressing } from "./fields.ts"
import { toMessages } from "./to-messages.ts"

const readKeys = { message_id: Schema.NonEmptyString }
const typingKeys = {
  ...readKeys,
  typing_indicator: Schema.optionalKey(Schema.Struct({ type: OpenWord })),
  ...addressing,
  type: reserved
}

const read = <Input extends JsonObject & { readonly message_id: string }>(
  id: string,
  input: Schema.Codec<Input, unknown>,
  more: JsonObject
) => ({
  id,
  input,
  recipient: "absent" as const,
  namesEvent: (input: Input) => identityOfMessage(input.message_id),
  send: ({ input: given, ...context }: Send<Input, Settings, Account>) =>
    toMessages(
      `whatsapp.${id}`,
      context,
      { messaging_product: "whatsapp", status: "read", ...more, ...given },
      succeeded
    )
})

/** Reads a success. The provider gives no id for it, and no status reports it (META 2.4). */
const succeeded = (answer: Json): Receipt | undefined => (objectOf(answer)?.["success"] === true ? {} : undefined)

/** Marks a message, and those before it, as read. */
export const markRead = read("mark_read", Schema.Struct(readKeys), {})

/** Marks a message as read and shows a typing indicator until the answer, for at most 25 seconds. */
export const typingIndicator = read("typing_indicator", Schema.Struct(typingKeys), {
  typing_indicator: { type: "text" }
})
