import type { SendContext } from "../../src/connector/capability.ts"
import type { JsonObject } from "../../src/domain/json.ts"
import { credentialsOf } from "../meta/credentials.ts"
import { graphClient } from "../meta/graph.ts"
import { messagingErrors } from "../meta/messaging/errors.ts"
import { messageReceipt } from "../meta/messaging/receipts.ts"
import type { Account, Settings } from "./settings.ts"

export const client = graphClient(messagingErrors)

/** A message of the page, with our callback data as `metadata`: its echo returns it (META 4.10, 6). */
export const send = (
  context: SendContext<Settings, Account>,
  operation: string,
  { message, ...beside }: { readonly message: JsonObject; readonly recipient: JsonObject } & JsonObject
) =>
  client({
    operation,
    method: "POST",
    edge: "send",
    path: `${encodeURIComponent(context.account.pageId)}/messages`,
    settings: context.settings.graph,
    ...credentialsOf(context),
    body: { ...beside, message: { ...message, metadata: context.callbackData } },
    expect: messageReceipt
  })
