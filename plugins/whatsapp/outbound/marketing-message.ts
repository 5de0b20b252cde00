import * as Schema from "effect/Schema"
import { OpenWord } from "../../meta/input-schema.ts"
import { beside } from "./fields.ts"
import { message, parted } from "./message.ts"
import { templateKeys } from "./template.ts"

/** Members of this edge beside the template (META 3.1). */
const options = {
  product_policy: Schema.optionalKey(OpenWord),
  message_activity_sharing: Schema.optionalKey(Schema.Boolean)
}

const names: ReadonlySet<string> = new Set(Object.keys({ ...options, ...beside }))

/** Sends a template through the Marketing Messages API. */
export const marketingMessage = message({
  id: "marketing_message",
  edge: "marketing_messages",
  input: Schema.Struct({ ...templateKeys, ...options, ...beside }),
  members: (input) => {
    const { beside: others, own } = parted(input, names)
    return { ...others, type: "template", template: own }
  }
})
