import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Finding } from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import type { GraphCall, GraphSettings } from "./graph.ts"
import { subscribedApps, subscriptionFinding } from "./subscribed-apps.ts"

export interface SubscriptionQuestion {
  readonly settings: GraphSettings
  /** Whose webhooks: a business account, a page, an Instagram account. */
  readonly asset: string
  readonly token: Redacted.Redacted<string>
  readonly proof?: string
  readonly appId: string | undefined
  /** What to do where the question is not answered. */
  readonly remedy: string
}

/** Never more than an alarm: a question that fails is a finding too (G37). */
export const subscriptionOf = (
  call: GraphCall,
  { appId, remedy, ...question }: SubscriptionQuestion
): Effect.Effect<Finding, never, ProviderHttp> =>
  subscribedApps(call, question).pipe(
    Effect.map((apps) => subscriptionFinding(apps, appId)),
    Effect.catch((failure) =>
      Effect.succeed<Finding>({
        about: "subscription",
        state: "unknown",
        problem: `the question was not answered: ${failure.code}`,
        remedy
      })
    )
  )
