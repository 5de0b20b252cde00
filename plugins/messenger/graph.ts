import type { AccountContext } from "../../src/connector/account-context.ts"
import type { SendContext } from "../../src/connector/capability.ts"
import type { JsonObject } from "../../src/domain/json.ts"
import { credentialsOf } from "../meta/credentials.ts"
import { type GraphRequest, graphClient } from "../meta/graph.ts"
import { messagingErrors } from "../meta/messaging/errors.ts"
import { messageReceipt } from "../meta/messaging/recipients.ts"
import type { Account, Settings } from "./settings.ts"

export const client = graphClient(messagingErrors)

/** Posts to the edge that messages and sender actions share (META 6). */
export const post = <A>(
  context: AccountContext<Settings, Account>,
  operation: string,
  body: JsonObject,
  expect: GraphRequest<A>["expect"]
) =>
  client({
    operation,
    method: "POST",
    edge: "send",
    path: `${encodeURIComponent(context.account.pageId)}/messages`,
    settings: context.settings.graph,
    ...credentialsOf(context),
    body,
    expect
  })

/** Sends a message of the page, with the callback data as `metadata`, which its echo returns (META 4.10, 6). */
export const send = (
  context: SendContext<Settings, Account>,
  operation: string,
  recipient: JsonObject,
  { message, ...beside }: { readonly message: JsonObject } & JsonObject
) => {
  // A token already determines the kind of message (META 6).
  const type = "notification_messages_token" in recipient ? {} : { messaging_type: "RESPONSE" }
  const body = { recipient, ...type, ...beside, message: { ...message, metadata: context.callbackData } }
  return post(context, operation, body, messageReceipt)
}
