import type { AccountContext } from "../../../src/connector/account-context.ts"
import type { Receipt } from "../../../src/domain/intent.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { appSecretProof } from "../../meta/credentials.ts"
import { graphClient } from "../../meta/graph.ts"
import { listOf, objectOf, textOf } from "../../meta/read-json.ts"
import { errors } from "../errors.ts"
import type { Account, Settings } from "../settings.ts"

const call = graphClient(errors)

/** Edges of a number that take messages (META 3.1). */
export type MessageEdge = "messages" | "marketing_messages"

/** Sends one POST to an edge of the account's number that takes messages. */
export const toMessages = <A>(
  operation: string,
  { settings, account, secret, digest }: AccountContext<Settings, Account>,
  body: JsonObject,
  expect: (answer: Json) => A | undefined,
  edge: MessageEdge = "messages"
) => {
  const token = secret("accessToken")
  return call({
    operation,
    settings: settings.graph,
    method: "POST",
    edge: "send",
    path: `${encodeURIComponent(account.phoneNumberId)}/${edge}`,
    token,
    proof: appSecretProof(digest, secret("appSecret"), token),
    body,
    expect
  })
}

/** Returns the message id that answered a send (META 3.2). */
export const messageIdOf = (body: Json): Receipt | undefined => {
  const messageId = textOf(objectOf(listOf(objectOf(body)?.["messages"])?.[0])?.["id"])
  return messageId === undefined ? undefined : { messageId }
}
