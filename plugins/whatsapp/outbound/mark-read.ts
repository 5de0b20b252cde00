import * as Schema from "effect/Schema"
import type { Send } from "../../../src/connector/capability.ts"
import type { Receipt } from "../../../src/domain/intent.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { objectOf } from "../../meta/read-json.ts"
import type { Account, Settings } from "../settings.ts"
import { toMessages } from "./to-messages.ts"

const Input = Schema.Struct({ message_id: Schema.NonEmptyString })

const read = (id: string, more: JsonObject) => ({
  id,
  input: Input,
  recipient: "absent" as const,
  send: ({ input, ...context }: Send<typeof Input.Type, Settings, Account>) =>
    toMessages(
      `whatsapp.${id}`,
      context,
      { messaging_product: "whatsapp", status: "read", message_id: input.message_id, ...more },
      succeeded
    )
})

/** The provider gives no id for it, and no status tells of it (META 2.4). */
const succeeded = (answer: Json): Receipt | undefined => (objectOf(answer)?.["success"] === true ? {} : undefined)

/** Marks a message, and those before it, as read. */
export const markRead = read("mark_read", {})

/** Marks as read and shows that somebody writes: until the answer, for 25 seconds at most. */
export const typingIndicator = read("typing_indicator", { typing_indicator: { type: "text" } })
