import * as Schema from "effect/Schema"
import { textOfAtMost } from "../../../meta/text-length.ts"
import { beside } from "../fields.ts"
import { bodyOfAtMost, footer, Header, mediaHeaders } from "./parts.ts"

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

/** Header of a list, which must be text. The provider judges a header of an undocumented type. */
const ListHeader = Header.check(
  Schema.makeFilter(({ type }) =>
    mediaHeaders.has(type ?? "") ? { path: ["type"], issue: "expected text: a list has no other header" } : undefined
  )
)

/** Up to ten rows to choose from, behind a button. */
export const List = Schema.Struct({
  type: Schema.Literal("list"),
  header: Schema.optionalKey(ListHeader),
  body: bodyOfAtMost(4096),
  footer,
  action: Schema.Struct({
    button: textOfAtMost(20),
    sections: Schema.Array(Section).check(Schema.isMinLength(1), Schema.isMaxLength(10), tenRows)
  }),
  ...beside
})
