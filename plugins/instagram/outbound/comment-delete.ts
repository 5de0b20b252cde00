import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Send, unprotected } from "../../../src/connector/capability.ts"
import { checkComment, recipientOf } from "../../meta/messaging/recipients.ts"
import { objectOf } from "../../meta/read-json.ts"
import { call } from "../graph.ts"
import type { Account, Settings } from "../settings.ts"

const DeleteInput = Schema.Struct({})

const send = ({ to, input: _, ...context }: Send<typeof DeleteInput.Type, Settings, Account>) =>
  Effect.flatMap(recipientOf(to), (comment) =>
    call(context, {
      operation: "instagram.comment_delete",
      method: "DELETE",
      path: encodeURIComponent(comment),
      expect: (body) => (objectOf(body)?.["success"] === true ? {} : undefined)
    })
  )

/**
 * Deletes a comment, `to` its id (META 5.3). A late retry would also delete replies that were sent later (G21). A
 * missing comment proves nothing (G20), so an operator must resolve a doubt.
 */
export const commentDelete = unprotected({
  id: "comment_delete",
  input: DeleteInput,
  recipient: "required",
  acknowledged: "accepted",
  checkRecipient: checkComment,
  traits: "none",
  send
})
