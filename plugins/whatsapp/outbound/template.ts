import * as Schema from "effect/Schema"
import { beside } from "./fields.ts"
import { message } from "./message.ts"
import { Components } from "./template/components.ts"

/** What the provider has approved before; the one message that may start a conversation. */
export const template = message({
  type: "template",
  input: Schema.Struct({
    name: Schema.NonEmptyString,
    language: Schema.Struct({
      code: Schema.NonEmptyString,
      policy: Schema.optionalKey(Schema.Literal("deterministic"))
    }),
    components: Schema.optionalKey(Components),
    ...beside
  })
})
