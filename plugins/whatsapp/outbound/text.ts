import * as Schema from "effect/Schema"
import { textOfAtMost } from "../../meta/input-schema.ts"
import { beside } from "./fields.ts"
import { message } from "./message.ts"

/** Sends a text. The provider previews the first address of the body when `preview_url` is true. */
export const text = message({
  id: "text",
  input: Schema.Struct({ body: textOfAtMost(4096), preview_url: Schema.optionalKey(Schema.Boolean), ...beside })
})
