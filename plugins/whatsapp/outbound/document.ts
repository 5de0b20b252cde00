import * as Schema from "effect/Schema"
import { beside, Caption, oneSource, source } from "./fields.ts"
import { message } from "./message.ts"

/** Sends a file of at most 100 MB. The person sees `filename`. */
export const document = message({
  id: "document",
  input: Schema.Struct({
    ...source,
    caption: Schema.optionalKey(Caption),
    filename: Schema.optionalKey(Schema.NonEmptyString),
    ...beside
  }).check(oneSource)
})
