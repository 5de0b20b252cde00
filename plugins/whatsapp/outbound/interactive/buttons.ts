import * as Schema from "effect/Schema"
import { beside, noTwoAlike, textOfAtMost } from "../fields.ts"
import { bodyOfAtMost, footer, Header } from "./parts.ts"

const Button = Schema.Struct({
  type: Schema.Literal("reply"),
  reply: Schema.Struct({ id: textOfAtMost(256), title: textOfAtMost(20) })
})

/** Up to three answers to tap. */
export const Buttons = Schema.Struct({
  type: Schema.Literal("button"),
  header: Schema.optionalKey(Header),
  body: bodyOfAtMost(1024),
  footer,
  action: Schema.Struct({
    buttons: Schema.Array(Button).check(
      Schema.isMinLength(1),
      Schema.isMaxLength(3),
      noTwoAlike(({ reply }: typeof Button.Type) => reply.title, "reply", "expected a title that no other button has")
    )
  }),
  ...beside
})
