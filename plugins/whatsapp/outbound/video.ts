import * as Schema from "effect/Schema"
import { beside, Caption, oneSource, source } from "./fields.ts"
import { message } from "./message.ts"

/** Sends an MP4 or 3GP with H.264 and AAC, of at most 16 MB. */
export const video = message({
  id: "video",
  input: Schema.Struct({ ...source, caption: Schema.optionalKey(Caption), ...beside }).check(oneSource)
})
