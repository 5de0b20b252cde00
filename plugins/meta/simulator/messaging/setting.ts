import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as Scope from "effect/Scope"
import type { Digest } from "../../../../src/connector/inbound.ts"
import type { Json } from "../../../../src/domain/json.ts"
import { type GraphError, graphError, refusals } from "../answers.ts"
import type { Courier } from "../deliver.ts"
import { type Said, signedWebhook } from "../signing.ts"
import type { State } from "../state.ts"
import { type SimulatedAccount, queryOf, tokenOf } from "./accounts.ts"
import type { Dialect } from "./dialect.ts"
import type { World } from "./world.ts"

/** Parts of a simulated provider of messages. */
export interface Setting {
  readonly dialect: Dialect
  readonly accounts: ReadonlyArray<SimulatedAccount>
  readonly state: State
  readonly world: World
  readonly courier: Courier
  readonly scope: Scope.Scope
  readonly digest: Digest
}

export const answers = refusals()

/** Returns the answer of an error. Its texts are localised, so that a client which relies on them fails (META 5.4). */
export const refusal = (error: GraphError) => graphError(error)

const badProof = answers.badParameter("Invalid appsecret_proof provided in the API argument")

/**
 * Serves a request with the account of its token and the id in its path. Answers a refusal when the token belongs to no
 * account.
 */
export const forAccount =
  (
    { accounts }: Pick<Setting, "accounts">,
    use: (account: SimulatedAccount, id: string, request: HttpServerRequest) => Effect.Effect<HttpServerResponse>
  ) =>
  (request: HttpServerRequest) =>
    Effect.gen(function* () {
      const token = tokenOf(request)
      const account = accounts.find(({ holdsToken }) => holdsToken(token))
      if (account === undefined) return answers.badToken
      if (!account.proves(token, queryOf(request).get("appsecret_proof"))) return badProof
      const { id = "" } = yield* HttpRouter.params
      return yield* use(account, id, request)
    })

export const isOwnNode = (account: SimulatedAccount, id: string) => ["me", account.id, account.self].includes(id)

/** Builds a webhook, signed with the secret of the account's app. */
export const webhook = (
  { digest }: Pick<Setting, "digest">,
  account: SimulatedAccount,
  kind: string,
  messageId: string,
  body: Json,
  said?: Said
) =>
  signedWebhook(
    { account: account.id, kind, messageId, ...(said === undefined ? {} : { said }) },
    body,
    account.appSecret,
    digest
  )
