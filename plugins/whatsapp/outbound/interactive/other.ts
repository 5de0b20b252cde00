import * as Schema from "effect/Schema"
import { OpenObject } from "../../../meta/open-schema.ts"
import { beside } from "../fields.ts"
import { bodyOfAtMost, footer, Header } from "./parts.ts"

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
