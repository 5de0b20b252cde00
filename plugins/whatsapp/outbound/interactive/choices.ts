import * as Schema from "effect/Schema"
import { openBy, OpenWord, textOfAtMost } from "../../../meta/input-schema.ts"
import { objectOf } from "../../../meta/read-json.ts"
import { beside, bodyOfAtMost, footer, Header, mediaHeaders, noTwoAlike } from "../fields.ts"

const Reply = Schema.Struct({
  type: Schema.Literal("reply"),
  reply: Schema.Struct({ id: textOfAtMost(256), title: textOfAtMost(20) })
})

const Button = openBy({ type: OpenWord }, [Reply])
type Button = typeof Button.Type

/** Limits reply buttons. The provider judges the number of other buttons. */
const threeReplies = Schema.makeFilter((buttons: ReadonlyArray<Button>) =>
  buttons.filter(({ type }) => type === "reply").length <= 3 ? undefined : "expected at most 3 reply buttons"
)

/** Up to three answers to tap. */
export const Buttons = Schema.Struct({
  type: Schema.Literal("button"),
  header: Schema.optionalKey(Header),
  body: bodyOfAtMost(1024),
  footer,
  action: Schema.Struct({
    buttons: Schema.Array(Button).check(
      Schema.isMinLength(1),
      threeReplies,
      noTwoAlike(
        (button: Button) => objectOf(button["reply"])?.["title"],
        "reply",
        "expected a title that no other button has"
      )
    )
  }),
  ...beside
})

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
