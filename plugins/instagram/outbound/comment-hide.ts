import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, unprotected } from "../../../src/connector/capability.ts"
import { checkComment, recipientOf } from "../../meta/messaging/recipients.ts"
import { objectOf } from "../../meta/read-json.ts"
import { call } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

const HideInput = Schema.Struct({ hide: Schema.Boolean })

const send = ({ to, input, ...context }: Send<typeof HideInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (comment) =>
    call(context, {
      operation: "instagram.comment_hide",
      method: "POST",
      path: encodeURIComponent(comment),
      query: { hide: String(input.hide) },
      expect: (body) => (objectOf(body)?.["success"] === true ? {} : undefined)
    })
  )

/** Hides a comment or shows it again, `to` its id (META 5.3). A late retry would undo a later change (G21). */
export const commentHide = unprotected({
  id: "comment_hide",
  input: HideInput,
  recipient: "required",
  acknowledged: "accepted",
  checkRecipient: checkComment,
  traits: "none",
  send
})
