import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { Digest } from "../../../../src/connector/inbound.ts"
import type { SimulatorOptions } from "../../../../src/connector/simulator.ts"
import type { Json } from "../../../../src/domain/json.ts"
import { appSecretProof } from "../../credentials.ts"
import { type GraphError, graphError, refusals } from "../answers.ts"
import type { Courier } from "../deliver.ts"
import { type Said, signedWebhook } from "../post-office.ts"
import type { State } from "../state.ts"
import type { World } from "./world.ts"

/** The provider's view of an account, by the operator's settings. */
interface Described {
  /** Id, as webhooks name it. */
  readonly id: string
  /** Node of its token, for which `me` stands. */
  readonly self: string
}

export interface SimulatedAccount extends Described {
  readonly appSecret: Redacted.Redacted<string>
  readonly holdsToken: (token: string) => boolean
  /** Returns true also without a proof, which an app may leave out. */
  readonly proves: (token: string, proof: string | null) => boolean
}

const utf8 = new TextEncoder()

export const accountsOf = (
  { accounts, secrets: shared, digest }: SimulatorOptions,
  describe: (settings: Readonly<Record<string, string>>) => Described
): ReadonlyArray<SimulatedAccount> =>
  accounts.map(({ account, secrets }) => {
    const appSecret = secrets["appSecret"] ?? shared["appSecret"] ?? Redacted.make("")
    const same = (given: string, ours: string) => digest.equals(utf8.encode(given), utf8.encode(ours))
    const token = secrets["accessToken"]
    return {
      ...describe(account),
      appSecret,
      holdsToken: (given) => token !== undefined && same(given, Redacted.value(token)),
      proves: (given, proof) => proof === null || same(proof, appSecretProof(digest, appSecret, Redacted.make(given)))
    }
  })

export const tokenOf = (request: HttpServerRequest): string => {
  const header = request.headers["authorization"] ?? ""
  return header.startsWith("Bearer ") ? header.slice("Bearer ".length) : ""
}

export const queryOf = (request: HttpServerRequest): URLSearchParams =>
  URL.parse(request.url, "http://simulated")?.searchParams ?? new URLSearchParams()

/** Differences between Instagram and Messenger. */
export interface Dialect {
  readonly object: "instagram" | "page"
  readonly describe: (settings: Readonly<Record<string, string>>) => Described
  /** Returns the answer of `me` and of the account's own node. */
  readonly profile: (account: SimulatedAccount) => Json
  readonly fits: (text: string) => boolean
  readonly scopes: ReadonlyArray<string>
  /** True when the echo returns the metadata: documented for Messenger only (META 4.10). */
  readonly echoesMetadata: boolean
  /** True when the channel reports the delivery to the person's device. */
  readonly tellsDelivery: boolean
  readonly windowClosed: GraphError
  readonly answeredBefore: GraphError
  /** Code of an error after the message was sent (META 4.7). */
  readonly failsWith: number
}

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
