import * as Schema from "effect/Schema"
import { beside, Link, textOfAtMost } from "../fields.ts"
import { bodyOfAtMost, footer, Header } from "./parts.ts"

/** A button that opens an address. */
export const CtaUrl = Schema.Struct({
  type: Schema.Literal("cta_url"),
  header: Schema.optionalKey(Header),
  body: bodyOfAtMost(1024),
  footer,
  action: Schema.Struct({
    name: Schema.Literal("cta_url"),
    parameters: Schema.Struct({ display_text: textOfAtMost(20), url: Link })
  }),
  ...beside
})
