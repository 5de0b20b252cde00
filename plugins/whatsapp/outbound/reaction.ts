import * as Schema from "effect/Schema"
import { message } from "./message.ts"

/** Reacts to a message. An empty `emoji` removes the reaction. It answers no message, so it has no `context`. */
export const reaction = message({
  id: "reaction",
  input: Schema.Struct({ message_id: Schema.NonEmptyString, emoji: Schema.String })
})
