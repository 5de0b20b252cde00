import * as Schema from "effect/Schema"
import { OpenObject, OpenWord, textOfAtMost } from "../../../meta/input-schema.ts"
import { beside, bodyOfAtMost, footer, Header, Link } from "../fields.ts"

/** A button that opens an address. */
export const CtaUrl = Schema.Struct({
  type: Schema.Literal("cta_url"),
  header: Schema.optionalKey(Header),
  body: bodyOfAtMost(1024),
  footer,
  action: Schema.Struct({
    name: OpenWord,
    parameters: Schema.Struct({ display_text: textOfAtMost(20), url: Link })
  }),
  ...beside
})

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

const types = [
  "location_request_message",
  "product",
  "product_list",
  "catalog_message",
  "carousel",
  "order_details",
  "order_status",
  "address_message",
  "voice_call",
  "call_permission_request",
  "request_contact_info"
] as const

/** Types whose `action` the sources name or show once, without its limits (META 3.1). The provider judges it. */
export const others = types.map((type) =>
  Schema.Struct({
    type: Schema.Literal(type),
    header: Schema.optionalKey(Header),
    body: Schema.optionalKey(bodyOfAtMost(1024)),
    footer,
    action: Schema.optionalKey(OpenObject),
    ...beside
  })
)
