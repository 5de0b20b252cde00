import * as Schema from "effect/Schema"
import { OpenWord, openBy } from "../../../meta/open-schema.ts"
import { objectOf } from "../../../meta/read-json.ts"
import { textOfAtMost } from "../../../meta/text-length.ts"
import { beside, noTwoAlike } from "../fields.ts"
import { bodyOfAtMost, footer, Header } from "./parts.ts"

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
