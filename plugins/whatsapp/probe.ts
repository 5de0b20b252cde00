import * as Effect from "effect/Effect"
import type { AccountContext } from "../../src/connector/account-context.ts"
import type { Probe, ProbeFinding, Proven } from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import type { Json } from "../../src/domain/json.ts"
import { credentialsOf } from "../meta/credentials.ts"
import { graphClient } from "../meta/graph.ts"
import { refusalOf } from "../meta/probe-refusals.ts"
import { subscriptionOf } from "../meta/subscribed-apps.ts"
import { type Ended, tokenOf } from "../meta/probe-token.ts"
import { objectOf, textOf } from "../meta/read-json.ts"
import { errors } from "./errors.ts"
import type { Account, Settings } from "./settings.ts"

type Context = AccountContext<Settings, Account>

const call = graphClient(errors)

/** Scope that every send needs. */
const sending = "whatsapp_business_messaging"
/** Scope that requests about subscriptions need. */
const managing = "whatsapp_business_management"

const refused = refusalOf({
  scopes: `give the token ${sending} and ${managing}, and its user the account`,
  account: "check phoneNumberId, and that the token's user has been given the business account",
  parameter: "check that appSecret is the secret of the token's app, then phoneNumberId and graph.version"
})

/**
 * Checks that the token sees the number and that it is the configured one. Then checks scopes, expiry and subscription,
 * as far as the API allows.
 */
export const probe: Probe<Settings, Account> = (context) =>
  Effect.gen(function* () {
    const account = yield* numberOf(context)
    const { findings, ...told } = yield* tokenOf(call, {
      settings: context.settings.graph,
      appId: context.account.appId ?? context.settings.appId,
      appSecret: context.secret("appSecret"),
      token: context.secret("accessToken"),
      scopes: { needed: [sending], useful: [managing] }
    })
    const subscription = yield* subscriptionOf(call, {
      settings: context.settings.graph,
      asset: context.account.businessAccountId,
      ...credentialsOf(context),
      appId: context.account.appId ?? context.settings.appId,
      remedy: `check businessAccountId, and that the token has the scope ${managing}`
    })
    const proven: Proven = {
      _tag: "Proven",
      findings: [{ about: "token", state: "ok" }, account, ...findings, subscription],
      ...told
    }
    return proven
  }).pipe(Effect.catch((ended) => Effect.succeed(ended)))

const numberOf = (context: Context): Effect.Effect<ProbeFinding, Ended, ProviderHttp> => {
  const { phoneNumberId } = context.account
  return call({
    operation: "whatsapp.number",
    settings: context.settings.graph,
    method: "GET",
    path: encodeURIComponent(phoneNumberId),
    query: { fields: "id,quality_rating" },
    ...credentialsOf(context),
    expect: (body: Json) => {
      const number = objectOf(body)
      return textOf(number?.["id"]) === phoneNumberId ? qualityOf(number?.["quality_rating"]) : undefined
    }
  }).pipe(Effect.mapError(refused))
}

const qualityOf = (rating: Json | undefined): ProbeFinding =>
  rating === "RED"
    ? {
        about: "account",
        state: "alarm",
        problem: "the provider rates the quality of this number RED",
        remedy: "see in the provider's manager what people blocked or reported"
      }
    : { about: "account", state: "ok" }
