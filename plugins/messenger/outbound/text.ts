import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { besideMessage, inMessage, requestOf } from "../../meta/messaging/inputs.ts"
import { checkReached, reachedOf } from "../../meta/messaging/recipients.ts"
import { reserved, textOfAtMost } from "../../meta/input-schema.ts"
import { send } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

/** Most characters: 2,000. The number is not from a captured source (META 0). */
export const Text = textOfAtMost(2000)

/**
 * Members of every message of the page. The connector sets `metadata`, which proves a doubt; a caller's own would
 * replace it.
 */
export const aroundMessage = { ...inMessage, ...besideMessage, metadata: reserved }

/** The provider's own `message` with a text, and the members beside it (META 6). */
const TextInput = Schema.Struct({ text: Text, ...aroundMessage })

const perform = ({ to, input, ...context }: Send<typeof TextInput.Type, Settings, Account>) =>
  Effect.flatMap(reachedOf(to), (recipient) => send(context, "messenger.text", recipient, requestOf(input)))

/** Sends a message of the page. Its echo returns the callback data. */
export const text = verified({
  id: "text",
  input: TextInput,
  recipient: "required",
  acknowledged: "echo",
  checkRecipient: checkReached,
  proof: "message-echo",
  send: perform
})
