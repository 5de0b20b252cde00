import * as Schema from "effect/Schema"

const utf8 = new TextEncoder()

/** Text of 1 to `most` bytes of UTF-8: how the provider counts (META 5.3). */
export const textOfBytes = (most: number) =>
  Schema.String.check(
    Schema.isMinLength(1),
    Schema.makeFilter((text: string) => utf8.encode(text).length <= most, {
      expected: `a text of at most ${most} bytes of UTF-8`
    })
  )

/** Up to 13 buttons under a message; a title has at most 20 characters (META 5.3), here UTF-16 code units. */
export const QuickReplies = Schema.Array(
  Schema.Struct({
    content_type: Schema.Literal("text"),
    title: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(20)),
    payload: Schema.NonEmptyString
  })
).check(Schema.isMinLength(1), Schema.isMaxLength(13))

/** A message that this one answers. */
export const ReplyTo = Schema.Struct({ mid: Schema.NonEmptyString })

/** A person of the business writes, within 7 days; needs the Human Agent feature (META 5.3). Other tags are refused since 2026-04. */
export const Tag = Schema.Literal("HUMAN_AGENT")

export const AttachmentType = Schema.Literals(["image", "audio", "video", "file"])

/** Where the provider fetches an attachment. */
export const AttachmentUrl = Schema.String.check(Schema.isPattern(/^https?:\/\/[^\s]{1,2000}$/))

/** What may stand beside a message in a request. */
export interface Beside {
  readonly tag?: typeof Tag.Type
  readonly reply_to?: typeof ReplyTo.Type
}

/** Members of a request beside `recipient` and `message`. */
export const besideOf = ({ tag, reply_to: replyTo }: Beside) => ({
  ...(tag === undefined ? {} : { messaging_type: "MESSAGE_TAG", tag }),
  ...(replyTo === undefined ? {} : { reply_to: replyTo })
})
