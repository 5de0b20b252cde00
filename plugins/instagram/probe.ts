import * as Effect from "effect/Effect"
import {
  type Probe,
  type ProbeRefused,
  type ProbeUnknown,
  type Proven,
  refusedProbe
} from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import type { Json } from "../../src/domain/json.ts"
import { refusalOf } from "../meta/probe-refusals.ts"
import { subscriptionOf } from "../meta/subscribed-apps.ts"
import { type Ended, type Told, tokenOf, untold } from "../meta/probe-token.ts"
import { textOf } from "../meta/read-json.ts"
import { call, client, type Context, credentials, profileOf } from "./graph.ts"
import { type Account, graphOf, loginOf, type Settings } from "./settings.ts"

/** Scopes that the token needs or can use (META 5.1). */
const scopes = {
  needed: ["instagram_basic"],
  useful: ["instagram_manage_messages", "instagram_manage_comments", "pages_manage_metadata"]
}

const refused = refusalOf({
  scopes: "give the token the permissions for messages and comments of the account",
  account: "check instagramAccountId and pageId, and that the token may see them",
  parameter: "check that appSecret is the secret of the token's own app, then graph.version"
})

const wrongId = (problem: string, remedy: string): ProbeRefused =>
  refusedProbe("account", "other_account", problem, remedy)

const appScoped = wrongId(
  "instagramAccountId is the app-scoped id of the token's account, not its professional id",
  "set instagramAccountId to the user_id that GET /me?fields=user_id returns for the token; the token is right"
)
const otherAccount = wrongId(
  "the token works, and instagramAccountId is not the id of its account",
  "compare instagramAccountId with the user_id that GET /me?fields=user_id returns for the token, and correct it; if it is right, use the token of that account"
)
const otherPage = wrongId(
  "the token works, and pageId is not the id of its page",
  "compare pageId with the id that GET /me?fields=id returns for the token, and correct it; if it is right, use the token of that page"
)
const notOfPage = (pageId: string | undefined) =>
  wrongId(
    "the token works, and its page does not see instagramAccountId",
    pageId === undefined
      ? "correct instagramAccountId, or connect that account to the token's page; where both are right, use the token of its page"
      : "correct instagramAccountId, or connect that account to the page of pageId; the token is right"
  )

/**
 * Checks that the token is for this account (META 7). Then checks scopes, expiry and subscription, as far as the API
 * allows.
 */
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

/**
 * Checks the account. With Facebook Login the token is the page's, and must have access to the linked Instagram
 * account.
 */
const accountOf = (context: Context): Effect.Effect<void, Ended, ProviderHttp> => {
  const { instagramAccountId, pageId } = context.account
  if (loginOf(context) === "instagram") {
    return Effect.flatMap(ask(context, "me", "user_id"), ({ user, id }) => {
      if ((user ?? id) === instagramAccountId) return Effect.void
      return Effect.fail(id === instagramAccountId ? appScoped : otherAccount)
    })
  }
  const page = Effect.flatMap(ask(context, "me", "id"), ({ id }) =>
    pageId === undefined || id === pageId ? Effect.void : Effect.fail(otherPage)
  )
  const account = ask(context, encodeURIComponent(instagramAccountId), "id").pipe(
    Effect.mapError((ended) => (isAboutTheId(ended) ? { ...notOfPage(pageId), code: ended.code } : ended)),
    Effect.flatMap(({ id }) => (id === instagramAccountId ? Effect.void : Effect.fail(notOfPage(pageId))))
  )
  return Effect.andThen(page, account)
}

/**
 * Returns true when the refusal concerns the account's id. The page has just answered to the same token and proof, so
 * neither is at fault.
 */
const isAboutTheId = (ended: ProbeRefused | ProbeUnknown): ended is ProbeRefused =>
  ended._tag === "Refused" && (ended.about === "account" || ended.about === "app")

/** Returns the ids of a profile, at least one of them. */
const ask = (context: Context, path: string, fields: string) =>
  call(context, {
    operation: "instagram.account",
    method: "GET",
    path,
    query: { fields },
    expect: (body: Json) => {
      const profile = profileOf(body)
      const [user, id] = [textOf(profile?.["user_id"]), textOf(profile?.["id"])]
      return user === undefined && id === undefined ? undefined : { user, id }
    }
  }).pipe(Effect.mapError(refused))

/** Returns the facts about the token. No known source documents how an app inspects a token of Instagram Login. */
const toldOf = (context: Context): Effect.Effect<Told, Ended, ProviderHttp> =>
  loginOf(context) === "instagram"
    ? Effect.succeed(
        untold(
          "scopes and expiry of a token of Instagram Login cannot be checked",
          "it expires after 60 days: refresh it in time, and note the date"
        )
      )
    : tokenOf(client, {
        settings: graphOf(context),
        appId: context.settings.appId,
        appSecret: context.secret("appSecret"),
        token: context.secret("accessToken"),
        scopes
      })
