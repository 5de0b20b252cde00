import * as Schema from "effect/Schema"
import type { JsonObject } from "../../../src/domain/json.ts"
import { openBy, OpenObject, OpenWord } from "../input-schema.ts"

const utf8 = new TextEncoder()

/** Returns a schema of a text of 1 to `most` bytes of UTF-8, which the provider counts (META 5.3). */
export const textOfBytes = (most: number) =>
  Schema.String.check(
    Schema.isMinLength(1),
    Schema.makeFilter((text: string) => utf8.encode(text).length <= most, {
      expected: `a text of at most ${most} bytes of UTF-8`
    })
  )

/**
 * A quick reply with a title. The provider shows its first 20 characters and cuts the rest, so a longer one is not
 * rejected here.
 */
const TextReply = Schema.Struct({
  content_type: Schema.Literal("text"),
  title: Schema.NonEmptyString,
  payload: Schema.Union([Schema.NonEmptyString, Schema.Finite])
})

/** Up to 13 buttons under a message (META 5.3). A button that asks for a phone number or an address has no title. */
const QuickReplies = Schema.Array(openBy({ content_type: OpenWord }, [TextReply])).check(
  Schema.isMinLength(1),
  Schema.isMaxLength(13)
)

/** The message that this one answers. */
const ReplyTo = Schema.Struct({ mid: Schema.NonEmptyString })

/** Members of a request beside `recipient` and `message` (META 5.3, 6). */
export const besideMessage = {
  messaging_type: Schema.optionalKey(OpenWord),
  /** `HUMAN_AGENT`: a person of the business writes, within 7 days; needs the feature of that name. */
  tag: Schema.optionalKey(OpenWord),
  reply_to: Schema.optionalKey(ReplyTo),
  notification_type: Schema.optionalKey(OpenWord),
  persona_id: Schema.optionalKey(Schema.NonEmptyString)
}

/** Members of a message beside its text or attachment. */
export const inMessage = { quick_replies: Schema.optionalKey(QuickReplies) }

const names: ReadonlySet<string> = new Set(Object.keys(besideMessage))

/**
 * Splits an input into the provider's `message` and the members beside it. A tag alone determines the type of the
 * message.
 */
export const requestOf = (input: JsonObject): { readonly message: JsonObject } & JsonObject => {
  const entries = Object.entries(input)
  const beside: JsonObject = Object.fromEntries(entries.filter(([name]) => names.has(name)))
  return {
    ...(beside["tag"] === undefined ? {} : { messaging_type: "MESSAGE_TAG" }),
    ...beside,
    message: Object.fromEntries(entries.filter(([name]) => !names.has(name)))
  }
}

/** The provider's sender actions (META 5.3). They have no echo, and no later event shows whether they took effect. */
const React = Schema.Struct({
  sender_action: Schema.Literal("react"),
  payload: Schema.Struct({ message_id: Schema.NonEmptyString, reaction: Schema.NonEmptyString })
})

const Unreact = Schema.Struct({
  sender_action: Schema.Literal("unreact"),
  payload: Schema.Struct({ message_id: Schema.NonEmptyString })
})

/** Rejects the actions that have a capability of their own. */
const but = (others: ReadonlyArray<string>) =>
  Schema.makeFilter(({ sender_action: action = "" }: { readonly sender_action?: string }) =>
    others.includes(action)
      ? { path: ["sender_action"], issue: `expected another action: ${action} has a capability of its own` }
      : undefined
  )

export const ReactionInput = openBy({ sender_action: OpenWord }, [React, Unreact]).check(
  but(["typing_on", "typing_off", "mark_seen"])
)

/** Returns the schema of `typing_on`, `typing_off`, or an action that is not documented here. */
export const typingInputBut = (others: ReadonlyArray<string>) =>
  Schema.StructWithRest(Schema.Struct({ sender_action: OpenWord }), [OpenObject]).check(but(["mark_seen", ...others]))

/** Input of `mark_seen`. The action may be named or left out. */
export const MarkSeenInput = Schema.Struct({ sender_action: Schema.optionalKey(Schema.Literal("mark_seen")) })
