import * as Effect from "effect/Effect"
import type { AccountContext } from "../../src/connector/account-context.ts"
import { type Probe, type Proven, refusedProbe } from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import { credentialsOf } from "../meta/credentials.ts"
import { refusalOf } from "../meta/probe-refusals.ts"
import { subscriptionOf } from "../meta/subscribed-apps.ts"
import { type Ended, tokenOf } from "../meta/probe-token.ts"
import { objectOf, textOf } from "../meta/read-json.ts"
import { client } from "./graph.ts"
import type { Account, Settings } from "./settings.ts"

type Context = AccountContext<Settings, Account>

const sending = "pages_messaging"
const managing = "pages_manage_metadata"

const refused = refusalOf({
  scopes: `give the token ${sending} and ${managing}`,
  account: "check that accessToken is a token of the page",
  parameter: "check that appSecret is the secret of the token's app, then graph.version"
})

/**
 * Checks that the token is the page's own (META 7). Then checks scopes, expiry and subscription, as far as the API
 * allows.
 */
export const probe: Probe<Settings, Account> = (context) =>
  Effect.gen(function* () {
    const { settings, account, secret } = context
    yield* pageOf(context)
    const common = { settings: settings.graph, appId: settings.appId, ...credentialsOf(context) }
    const scopes = { needed: [sending], useful: [managing] }
    const { findings, ...told } = yield* tokenOf(client, { ...common, appSecret: secret("appSecret"), scopes })
    const subscription = yield* subscriptionOf(client, {
      ...common,
      asset: account.pageId,
      remedy: `check that the token has the scope ${managing}`
    })
    const proven: Proven = {
      _tag: "Proven",
      findings: [{ about: "token", state: "ok" }, { about: "account", state: "ok" }, ...findings, subscription],
      ...told
    }
    return proven
  }).pipe(Effect.catch((ended) => Effect.succeed(ended)))

const pageOf = (context: Context): Effect.Effect<void, Ended, ProviderHttp> =>
  client({
    operation: "messenger.page",
    method: "GET",
    path: "me",
    query: { fields: "id" },
    settings: context.settings.graph,
    ...credentialsOf(context),
    expect: (body) => textOf(objectOf(body)?.["id"])
  }).pipe(
    Effect.mapError(refused),
    Effect.filterOrFail(
      (id) => id === context.account.pageId,
      () =>
        refusedProbe(
          "account",
          "other_account",
          "the token works, and pageId is not the id of its page",
          "compare pageId with the id that GET /me?fields=id returns for the token, and correct it; if it is right, use the token of that page"
        )
    ),
    Effect.asVoid
  )
