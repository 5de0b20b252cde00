import * as Schema from "effect/Schema"
import { beside, textOfAtMost } from "../fields.ts"
import { bodyOfAtMost, footer, TextHeader } from "./parts.ts"

const Row = Schema.Struct({
  id: textOfAtMost(200),
  title: textOfAtMost(24),
  description: Schema.optionalKey(textOfAtMost(72))
})

const Section = Schema.Struct({
  title: Schema.optionalKey(textOfAtMost(24)),
  rows: Schema.Array(Row).check(Schema.isMinLength(1))
})

const tenRows = Schema.makeFilter((sections: ReadonlyArray<typeof Section.Type>) =>
  sections.reduce((sum, { rows }) => sum + rows.length, 0) <= 10 ? undefined : "expected at most 10 rows in all"
)

/** Up to ten rows to choose from, behind a button. */
export const List = Schema.Struct({
  type: Schema.Literal("list"),
  header: Schema.optionalKey(TextHeader),
  body: bodyOfAtMost(4096),
  footer,
  action: Schema.Struct({
    button: textOfAtMost(20),
    sections: Schema.Array(Section).check(Schema.isMinLength(1), Schema.isMaxLength(10), tenRows)
  }),
  ...beside
})
