import * as Schema from "effect/Schema"
import { OpenWord } from "../../meta/input-schema.ts"
import { beside } from "./fields.ts"
import { message } from "./message.ts"

/** Pins a message of a group for `expiration_days`, or unpins it. The provider judges who may do so, and for how long. */
export const pin = message({
  id: "pin",
  input: Schema.Struct({ type: OpenWord, message_id: Schema.NonEmptyString, ...beside })
})
