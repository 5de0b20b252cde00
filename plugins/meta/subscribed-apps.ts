import type * as Redacted from "effect/Redacted"
import type { Finding } from "../../src/connector/probe.ts"
import { type Json, isJsonObject } from "../../src/domain/json.ts"
import type { GraphCall, GraphSettings } from "./graph.ts"
import { listOf, objectOf, textOf } from "./read-json.ts"

/** Which apps get the webhooks of an asset: each item with its own text members and those of the objects within it. */
export type SubscribedApps = ReadonlyArray<ReadonlySet<string>>

/** Source: META 1.4 and 7. Under which name the answer holds an app's id was not captured; it is looked for by its value. */
export const subscribedApps = (
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

/** Evidence and an alarm, never a gate: the handshake needs a running gateway (G37). */
export const subscriptionFinding = (apps: SubscribedApps, appId: string | undefined): Finding => {
  if (apps.length === 0) return { about: "subscription", state: "alarm", problem: "no app is subscribed", remedy }
  if (appId === undefined) {
    return {
      about: "subscription",
      state: "unknown",
      problem: "an app is subscribed; without appId nobody can say whether it is yours",
      remedy: "set appId"
    }
  }
  if (apps.some((ids) => ids.has(appId))) return { about: "subscription", state: "ok" }
  return { about: "subscription", state: "alarm", problem: "only other apps are subscribed", remedy }
}
