import * as Schema from "effect/Schema"
import { beside, textOfAtMost } from "./fields.ts"
import { message } from "./message.ts"

/** The provider previews the first address of the body, where `preview_url` asks for it. */
export const text = message({
  type: "text",
  input: Schema.Struct({ body: textOfAtMost(4096), preview_url: Schema.optionalKey(Schema.Boolean), ...beside })
})
