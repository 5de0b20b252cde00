import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { ProbeFinding } from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import { isJsonObject, type Json } from "../../src/domain/json.ts"
import type { GraphCall, GraphSettings } from "./graph.ts"
import { listOf, objectOf, textOf } from "./read-json.ts"

/**
 * Apps that receive the webhooks of an asset. Each item holds the app's own text members, and those of the objects
 * within it.
 */
type SubscribedApps = ReadonlyArray<ReadonlySet<string>>

/**
 * Requests the subscribed apps. Source: META 1.4 and 7. The member that holds an app's id was not captured, so the id
 * is searched for by value.
 */
const subscribedApps = (
  call: GraphCall,
  question: {
    readonly settings: GraphSettings
    readonly asset: string
    readonly token: Redacted.Redacted<string>
    readonly proof?: string
  }
) =>
  call({
    operation: "meta.subscribed_apps",
    settings: question.settings,
    method: "GET",
    path: `${encodeURIComponent(question.asset)}/subscribed_apps`,
    token: question.token,
    ...(question.proof === undefined ? {} : { proof: question.proof }),
    expect: (body): SubscribedApps | undefined => listOf(objectOf(body)?.["data"])?.map(idsIn)
  })

const idsIn = (app: Json): ReadonlySet<string> => {
  const own = isJsonObject(app) ? Object.values(app) : []
  const within = own.flatMap((value) => (isJsonObject(value) ? Object.values(value) : [value]))
  return new Set(within.flatMap((value) => textOf(value) ?? []))
}

const remedy = "subscribe the app to the webhooks of this asset; without it no event and no status comes"

/** Returns a finding, at most an alarm, and never a refusal: the handshake needs a running gateway (G37). */
const subscriptionFinding = (apps: SubscribedApps, appId: string | undefined): ProbeFinding => {
  if (apps.length === 0) return { about: "subscription", state: "alarm", problem: "no app is subscribed", remedy }
  if (appId === undefined) {
    return {
      about: "subscription",
      state: "unknown",
      problem: "an app is subscribed, and without appId it cannot be checked whether it is yours",
      remedy: "set appId"
    }
  }
  if (apps.some((ids) => ids.has(appId))) return { about: "subscription", state: "ok" }
  return { about: "subscription", state: "alarm", problem: "only other apps are subscribed", remedy }
}

interface SubscriptionQuestion {
  readonly settings: GraphSettings
  /** Asset with the webhooks: a business account, a page, an Instagram account. */
  readonly asset: string
  readonly token: Redacted.Redacted<string>
  readonly proof?: string
  readonly appId: string | undefined
  /** Remedy when the request fails. */
  readonly remedy: string
}

/** Checks the subscription. Returns at most an alarm: a failed request is a finding too (G37). */
export const subscriptionOf = (
  call: GraphCall,
  { appId, remedy, ...question }: SubscriptionQuestion
): Effect.Effect<ProbeFinding, never, ProviderHttp> =>
  subscribedApps(call, question).pipe(
    Effect.map((apps) => subscriptionFinding(apps, appId)),
    Effect.catch((failure) =>
      Effect.succeed<ProbeFinding>({
        about: "subscription",
        state: "unknown",
        problem: `the request for the subscribed apps failed: ${failure.code}`,
        remedy
      })
    )
  )
