import * as Schema from "effect/Schema"
import { beside, Caption, oneSource, source } from "./fields.ts"
import { message } from "./message.ts"

/** Sends a JPEG or PNG of at most 5 MB. */
export const image = message({
  id: "image",
  input: Schema.Struct({ ...source, caption: Schema.optionalKey(Caption), ...beside }).check(oneSource)
})
