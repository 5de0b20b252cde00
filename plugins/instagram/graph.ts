import type { AccountContext } from "../../src/connector/account-context.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { credentialsOf } from "../meta/credentials.ts"
import { graphClient, type GraphRequest } from "../meta/graph.ts"
import { messagingErrors } from "../meta/messaging/errors.ts"
import { listOf, objectOf } from "../meta/read-json.ts"
import { type Account, graphOf, senderOf, type Settings } from "./settings.ts"

export type Context = AccountContext<Settings, Account>

type Question<A> = Pick<GraphRequest<A>, "operation" | "method" | "path" | "query" | "body" | "expect" | "edge">

export const client = graphClient(messagingErrors)

/** Returns an account's token, with a proof by the secret of its app unless the operator disables the proof. */
export const credentials = (context: Context): Pick<GraphRequest<unknown>, "token" | "proof"> => {
  const { token, proof } = credentialsOf(context)
  return context.settings.graph.appSecretProof ? { token, proof } : { token }
}

/** Sends one request for one account, to the host of its login. */
export const call = <A>(context: Context, question: Question<A>) =>
  client({ ...question, settings: graphOf(context), ...credentials(context) })

/** Posts to the edge that messages and sender actions share (META 5.3). */
export const post = <A>(context: Context, operation: string, body: JsonObject, expect: GraphRequest<A>["expect"]) =>
  call(context, { operation, method: "POST", edge: "send", path: `${senderOf(context)}/messages`, body, expect })

/** Returns the profile, which may be wrapped in a list (META 7). */
export const profileOf = (body: Json): JsonObject | undefined =>
  objectOf(listOf(objectOf(body)?.["data"])?.[0]) ?? objectOf(body)
