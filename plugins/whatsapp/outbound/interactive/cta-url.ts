import * as Schema from "effect/Schema"
import { OpenWord } from "../../../meta/open-schema.ts"
import { textOfAtMost } from "../../../meta/text-length.ts"
import { beside, Link } from "../fields.ts"
import { bodyOfAtMost, footer, Header } from "./parts.ts"

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
