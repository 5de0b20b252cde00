import * as Schema from "effect/Schema"
import { beside, oneSource, source } from "./fields.ts"
import { message } from "./message.ts"

/** Sends an audio of at most 16 MB. A `voice` message is OGG with Opus, mono. */
export const audio = message({
  id: "audio",
  input: Schema.Struct({ ...source, voice: Schema.optionalKey(Schema.Boolean), ...beside }).check(oneSource)
})
