import * as Schema from "effect/Schema"
import type { JsonObject } from "../../../src/domain/json.ts"
import { OpenWord, openBy } from "../open-schema.ts"

const utf8 = new TextEncoder()

/** Text of 1 to `most` bytes of UTF-8: how the provider counts (META 5.3). */
export const textOfBytes = (most: number) =>
  Schema.String.check(
    Schema.isMinLength(1),
    Schema.makeFilter((text: string) => utf8.encode(text).length <= most, {
      expected: `a text of at most ${most} bytes of UTF-8`
    })
  )

/** The provider shows the first 20 characters of a title and cuts the rest, so that a longer one is not refused here. */
const TextReply = Schema.Struct({
  content_type: Schema.Literal("text"),
  title: Schema.NonEmptyString,
  payload: Schema.Union([Schema.NonEmptyString, Schema.Finite])
})

/** Up to 13 buttons under a message (META 5.3). One that asks for a phone number or an address has no title. */
export const QuickReplies = Schema.Array(openBy({ content_type: OpenWord }, [TextReply])).check(
  Schema.isMinLength(1),
  Schema.isMaxLength(13)
)

/** A message that this one answers. */
export const ReplyTo = Schema.Struct({ mid: Schema.NonEmptyString })

/** Members of a request beside `recipient` and `message` (META 5.3, 6). */
export const besideMessage = {
  messaging_type: Schema.optionalKey(OpenWord),
  /** `HUMAN_AGENT`: a person of the business writes, within 7 days; needs the feature of that name. */
  tag: Schema.optionalKey(OpenWord),
  reply_to: Schema.optionalKey(ReplyTo),
  notification_type: Schema.optionalKey(OpenWord),
  persona_id: Schema.optionalKey(Schema.NonEmptyString)
}

/** What may stand beside the words or the attachment of a message. */
export const inMessage = { quick_replies: Schema.optionalKey(QuickReplies) }

const names: ReadonlySet<string> = new Set(Object.keys(besideMessage))

/** Parts an input into the provider's `message` and what goes beside it. A tag alone says which type of message it is. */
export const requestOf = (input: JsonObject): { readonly message: JsonObject } & JsonObject => {
  const entries = Object.entries(input)
  const beside: JsonObject = Object.fromEntries(entries.filter(([name]) => names.has(name)))
  return {
    ...(beside["tag"] === undefined ? {} : { messaging_type: "MESSAGE_TAG" }),
    ...beside,
    message: Object.fromEntries(entries.filter(([name]) => !names.has(name)))
  }
}
