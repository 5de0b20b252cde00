import * as Schema from "effect/Schema"
import { beside, oneSource, source } from "./fields.ts"
import { message } from "./message.ts"

/** Sends a WebP sticker: at most 100 KB, animated 500 KB. */
export const sticker = message({ id: "sticker", input: Schema.Struct({ ...source, ...beside }).check(oneSource) })
