import * as Effect from "effect/Effect"
import type { JsonObject } from "../../../src/domain/json.ts"
import { type Send, idempotent, unprotected } from "../../../src/connector/capability.ts"
import { MarkSeenInput, typingInputBut } from "../../meta/messaging/inputs.ts"
import { actionReceipt, checkPerson, reachedOf } from "../../meta/messaging/recipients.ts"
import { post } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

const sending =
  (name: string) =>
  ({ to, input, ...context }: Send<JsonObject, Settings, Account>) =>
    Effect.flatMap(reachedOf(to), (recipient) =>
      post(context, `messenger.${name}`, { sender_action: "mark_seen", ...input, recipient }, actionReceipt)
    )

const toPerson = { recipient: "required", acknowledged: "accepted", checkRecipient: checkPerson } as const

/** Shows a typing indicator, or another action. A late repetition would show an outdated state (G21). */
export const typing = unprotected({ id: "typing", input: typingInputBut([]), ...toPerson, send: sending("typing") })

/** Marks a conversation as seen. A repetition changes nothing (G21). */
export const markSeen = idempotent({
  id: "mark_seen",
  input: MarkSeenInput,
  ...toPerson,
  retryUnknown: 2,
  send: sending("mark_seen")
})
