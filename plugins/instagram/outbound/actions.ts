import * as Effect from "effect/Effect"
import { type Send, idempotent, unprotected } from "../../../src/connector/capability.ts"
import { MarkSeenInput, ReactionInput, typingInputBut } from "../../meta/messaging/inputs.ts"
import { actionReceipt, checkPerson, recipientOf } from "../../meta/messaging/recipients.ts"
import { post } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

const TypingInput = typingInputBut(["react", "unreact"])

type Action = typeof ReactionInput.Type | typeof TypingInput.Type | typeof MarkSeenInput.Type

const sending =
  (name: string) =>
  ({ to, input, ...context }: Send<Action, Settings, Account>) =>
    Effect.flatMap(recipientOf(to), (id) =>
      post(context, `instagram.${name}`, { recipient: { id }, sender_action: "mark_seen", ...input }, actionReceipt)
    )

/** Members of an action. It has no echo (META 5.3). */
const toPerson = {
  recipient: "required",
  acknowledged: "accepted",
  checkRecipient: checkPerson,
  traits: "none"
} as const

/**
 * Reacts to a message or removes a reaction. A late retry would undo a removal (G21), and there is no proof: an
 * operator must resolve a doubt.
 */
export const reaction = unprotected({
  id: "reaction",
  input: ReactionInput,
  ...toPerson,
  send: sending("reaction")
})

export const typing = unprotected({ id: "typing", input: TypingInput, ...toPerson, send: sending("typing") })

/** Marks a conversation as seen. A repetition changes nothing (G21). */
export const markSeen = idempotent({
  id: "mark_seen",
  input: MarkSeenInput,
  ...toPerson,
  retryUnknown: 2,
  send: sending("mark_seen")
})
