import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { ProbeFinding } from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import type { GraphCall, GraphSettings } from "./graph.ts"
import { subscribedApps, subscriptionFinding } from "./subscribed-apps.ts"

export interface SubscriptionQuestion {
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
