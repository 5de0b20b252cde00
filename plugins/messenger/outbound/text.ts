import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { besideMessage, inMessage, requestOf } from "../../meta/messaging/inputs.ts"
import { checkReached, reachedOf } from "../../meta/messaging/recipients.ts"
import { reserved } from "../../meta/open-schema.ts"
import { textOfAtMost } from "../../meta/text-length.ts"
import { send } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

/** At most 2000 characters: not from a captured source (META 0). */
export const Text = textOfAtMost(2000)

/** What every message of the page may have. Its `metadata` is what proves a doubt; a caller's own would take its place. */
export const aroundMessage = { ...inMessage, ...besideMessage, metadata: reserved }

/** The provider's own `message` with a text, and what may stand beside it (META 6). */
const TextInput = Schema.Struct({ text: Text, ...aroundMessage })

const perform = ({ to, input, ...context }: Send<typeof TextInput.Type, Settings, Account>) =>
  Effect.flatMap(reachedOf(to), (recipient) => send(context, "messenger.text", recipient, requestOf(input)))

/** A message of the page. Its echo returns our callback data. */
export const text = verified({
  id: "text",
  input: TextInput,
  recipient: "required",
  checkRecipient: checkReached,
  proof: "message-echo",
  send: perform
})
