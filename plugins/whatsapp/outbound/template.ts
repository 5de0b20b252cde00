import * as Schema from "effect/Schema"
import { OpenWord } from "../../meta/input-schema.ts"
import { beside } from "./fields.ts"
import { message } from "./message.ts"
import { Components } from "./template/components.ts"

/** Name of a template that no business account has. */
export const missingTemplate = "comporta_drill_no_such_template"

/** The provider's object of a template. */
export const templateKeys = {
  name: Schema.NonEmptyString,
  language: Schema.Struct({ code: Schema.NonEmptyString, policy: Schema.optionalKey(OpenWord) }),
  components: Schema.optionalKey(Components)
}

/** Sends a template that the provider has approved: the only message that may start a conversation. */
export const template = message({ id: "template", input: Schema.Struct({ ...templateKeys, ...beside }) })
