import * as Effect from "effect/Effect"
import type { AccountContext } from "../../src/connector/capability.ts"
import {
  type Finding,
  type Probe,
  type ProbeRefused,
  type ProbeUnknown,
  type Proven
} from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import type { Failure } from "../../src/domain/failure.ts"
import type { Json } from "../../src/domain/json.ts"
import { appSecretProof } from "../meta/app-secret-proof.ts"
import { graphClient } from "../meta/graph.ts"
import { objectOf, textOf } from "../meta/read-json.ts"
import { subscribedApps, subscriptionFinding } from "../meta/subscribed-apps.ts"
import { errors } from "./errors.ts"
import { refusalOf } from "./probe-refusals.ts"
import { managing, tokenOf } from "./probe-token.ts"
import type { Account, Settings } from "./settings.ts"

type Context = AccountContext<Settings, Account>
type Ended = ProbeRefused | ProbeUnknown

const call = graphClient(errors)

/** The number is visible to the token and is the one that was meant; then, as far as they can be asked, scopes, expiry and subscription. */
export const probe: Probe<Settings, Account> = (context) =>
  Effect.gen(function* () {
    const account = yield* numberOf(context)
    const { findings, ...told } = yield* tokenOf(call, context, credentials(context).token)
    const proven: Proven = {
      _tag: "Proven",
      findings: [{ about: "token", state: "ok" }, account, ...findings, yield* subscriptionOf(context)],
      ...told
    }
    return proven
  }).pipe(Effect.catch((ended) => Effect.succeed(ended)))

const credentials = ({ secret, digest }: Context) => {
  const token = secret("accessToken")
  return { token, proof: appSecretProof(digest, secret("appSecret"), token) }
}

const numberOf = (context: Context): Effect.Effect<Finding, Ended, ProviderHttp> => {
  const { phoneNumberId } = context.account
  return call({
    operation: "whatsapp.number",
    settings: context.settings.graph,
    method: "GET",
    path: encodeURIComponent(phoneNumberId),
    query: { fields: "id,quality_rating" },
    ...credentials(context),
    expect: (body: Json) => {
      const number = objectOf(body)
      return textOf(number?.["id"]) === phoneNumberId ? qualityOf(number?.["quality_rating"]) : undefined
    }
  }).pipe(Effect.mapError(refusalOf))
}

const qualityOf = (rating: Json | undefined): Finding =>
  rating === "RED"
    ? {
        about: "account",
        state: "alarm",
        problem: "the provider rates the quality of this number RED",
        remedy: "see in the provider's manager what people blocked or reported"
      }
    : { about: "account", state: "ok" }

const subscriptionOf = (context: Context): Effect.Effect<Finding, never, ProviderHttp> =>
  subscribedApps(call, {
    settings: context.settings.graph,
    asset: context.account.businessAccountId,
    ...credentials(context)
  }).pipe(
    Effect.map((apps) => subscriptionFinding(apps, context.settings.appId)),
    Effect.catch((failure: Failure) =>
      Effect.succeed<Finding>({
        about: "subscription",
        state: "unknown",
        problem: `the question was not answered: ${failure.code}`,
        remedy: `check businessAccountId, and that the token has the scope ${managing}`
      })
    )
  )
