import * as Schema from "effect/Schema"
import { OpenWord } from "../../../meta/open-schema.ts"
import { beside } from "../fields.ts"
import { bodyOfAtMost, footer, Header } from "./parts.ts"

const Parameters = Schema.Struct({
  flow_message_version: OpenWord,
  flow_id: Schema.optionalKey(Schema.NonEmptyString),
  flow_name: Schema.optionalKey(Schema.NonEmptyString),
  flow_cta: Schema.NonEmptyString,
  flow_token: Schema.optionalKey(Schema.NonEmptyString),
  flow_action: Schema.optionalKey(OpenWord),
  mode: Schema.optionalKey(OpenWord)
}).check(
  Schema.makeFilter(({ flow_id: id, flow_name: name }) =>
    id === undefined && name === undefined ? { path: ["flow_id"], issue: "expected flow_id or flow_name" } : undefined
  )
)

/** A form of the provider. The flow itself defines the content of `flow_action_payload`. */
export const Flow = Schema.Struct({
  type: Schema.Literal("flow"),
  header: Schema.optionalKey(Header),
  body: bodyOfAtMost(1024),
  footer,
  action: Schema.Struct({ name: OpenWord, parameters: Parameters }),
  ...beside
})
