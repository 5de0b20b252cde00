import * as Schema from "effect/Schema"
import { message } from "./message.ts"

/** An empty `emoji` takes the reaction back. It answers nothing, so it has no `context`. */
export const reaction = message({
  id: "reaction",
  input: Schema.Struct({ message_id: Schema.NonEmptyString, emoji: Schema.String })
})
