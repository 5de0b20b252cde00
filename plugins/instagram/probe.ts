import * as Effect from "effect/Effect"
import { type Probe, type ProbeRefused, type Proven, refusedProbe } from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import type { Json } from "../../src/domain/json.ts"
import { refusalOf } from "../meta/probe-refusals.ts"
import { subscriptionOf } from "../meta/probe-subscription.ts"
import { type Ended, type Told, tokenOf, untold } from "../meta/probe-token.ts"
import { textOf } from "../meta/read-json.ts"
import { type Context, call, client, credentials } from "./graph.ts"
import { profileOf } from "./profile.ts"
import { type Account, type Settings, graphOf, loginOf } from "./settings.ts"

/** META 5.1 */
const scopes = {
  needed: ["instagram_basic"],
  useful: ["instagram_manage_messages", "instagram_manage_comments", "pages_manage_metadata"]
}

const refused = refusalOf({
  scopes: "give the token the permissions for messages and comments of the account",
  account: "check instagramAccountId and pageId, and that the token may see them",
  parameter: "check that appSecret is the secret of the token's own app, then graph.version"
})

const otherAccount: ProbeRefused = refusedProbe(
  "account",
  "other_account",
  "the token is another account's",
  "use the token of the account of instagramAccountId, and of its page where there is pageId"
)

/** The token is for this account (META 7); then, as far as they can be asked, scopes, expiry and subscription. */
export const probe: Probe<Settings, Account> = (context) =>
  Effect.gen(function* () {
    yield* accountOf(context)
    const { findings, ...told } = yield* toldOf(context)
    const { instagramAccountId, pageId } = context.account
    const subscription = yield* subscriptionOf(client, {
      settings: graphOf(context),
      asset: loginOf(context) === "facebook" ? (pageId ?? "me") : instagramAccountId,
      ...credentials(context),
      appId: context.settings.appId,
      remedy: "check that the token may manage the webhooks of the account"
    })
    const proven: Proven = {
      _tag: "Proven",
      findings: [{ about: "token", state: "ok" }, { about: "account", state: "ok" }, ...findings, subscription],
      ...told
    }
    return proven
  }).pipe(Effect.catch((ended) => Effect.succeed(ended)))

/** With Facebook Login the token is the page's, and must see the Instagram account beside it. */
const accountOf = (context: Context): Effect.Effect<void, Ended, ProviderHttp> => {
  const { instagramAccountId, pageId } = context.account
  if (loginOf(context) === "instagram") {
    return Effect.flatMap(ask(context, "me", "user_id", ["user_id", "id"]), same(instagramAccountId))
  }
  return Effect.andThen(
    Effect.flatMap(ask(context, "me", "id", ["id"]), (id) => same(pageId ?? id)(id)),
    Effect.flatMap(ask(context, encodeURIComponent(instagramAccountId), "id", ["id"]), same(instagramAccountId))
  )
}

const same = (wanted: string) => (found: string) => (wanted === found ? Effect.void : Effect.fail(otherAccount))

const ask = (context: Context, path: string, fields: string, names: ReadonlyArray<string>) =>
  call(context, {
    operation: "instagram.account",
    method: "GET",
    path,
    query: { fields },
    expect: (body: Json) => {
      const profile = profileOf(body)
      return names.map((name) => textOf(profile?.[name])).find((id) => id !== undefined)
    }
  }).pipe(Effect.mapError(refused))

/** How an app asks about a token of Instagram Login is not documented in what we know. */
const toldOf = (context: Context): Effect.Effect<Told, Ended, ProviderHttp> =>
  loginOf(context) === "instagram"
    ? Effect.succeed(
        untold(
          "a token of Instagram Login cannot be asked about",
          "it lives 60 days: refresh it in time, and note when"
        )
      )
    : tokenOf(client, {
        settings: graphOf(context),
        appId: context.settings.appId,
        appSecret: context.secret("appSecret"),
        token: context.secret("accessToken"),
        scopes
      })
