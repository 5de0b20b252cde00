import * as Schema from "effect/Schema"
import { OpenObject, OpenWord, openBy } from "../open-schema.ts"

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
