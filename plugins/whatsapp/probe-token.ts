import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { AccountContext } from "../../src/connector/capability.ts"
import {
  type Finding,
  type ProbeRefused,
  type ProbeUnknown,
  failedProbe,
  refusedProbe
} from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import { type TokenFacts, debugToken } from "../meta/debug-token.ts"
import type { GraphCall } from "../meta/graph.ts"
import type { Account, Settings } from "./settings.ts"

type Ended = ProbeRefused | ProbeUnknown

/** Without it nothing can be sent. */
const sending = "whatsapp_business_messaging"
/** Without it nothing can be asked about subscriptions. */
export const managing = "whatsapp_business_management"

export interface Told {
  readonly findings: ReadonlyArray<Finding>
  readonly expiresAt?: number
}

/** What only the app itself may ask. A refusal of the app's own credential is as certain as one of the token. */
export const tokenOf = (
  call: GraphCall,
  context: AccountContext<Settings, Account>,
  token: Redacted.Redacted<string>
): Effect.Effect<Told, Ended, ProviderHttp> => {
  const { appId, graph } = context.settings
  if (appId === undefined) return Effect.succeed(untold("nobody can ask without appId", "set appId"))
  return debugToken(call, { settings: graph, appId, appSecret: context.secret("appSecret"), token }).pipe(
    Effect.matchEffect({
      onFailure: (failure): Effect.Effect<Told, Ended> => {
        const ended = failedProbe("app", failure, "check appId and appSecret: they must be of one app")
        return ended._tag === "Refused" ? Effect.fail(ended) : Effect.succeed(untold(ended.problem, "ask again later"))
      },
      onSuccess: (facts) => judged(facts, appId)
    })
  )
}

const untold = (problem: string, remedy: string): Told => ({
  findings: (["scopes", "expiry"] as const).map((about) => ({ about, state: "unknown", problem, remedy }))
})

const judged = (facts: TokenFacts, appId: string): Effect.Effect<Told, Ended> => {
  if (!facts.valid) {
    const code = facts.errorCode ?? "invalid_token"
    return Effect.fail(refusedProbe("token", code, "the provider calls the token invalid", "make a new token"))
  }
  if (facts.scopes !== undefined && !facts.scopes.includes(sending)) {
    return Effect.fail(
      refusedProbe("scopes", "scope_missing", `the token lacks the scope ${sending}`, "make a token that has it")
    )
  }
  const { expiresAt } = facts
  const expiry: Finding =
    expiresAt === undefined
      ? { about: "expiry", state: "unknown", problem: "the provider does not say", remedy: "look at the token there" }
      : { about: "expiry", state: "ok" }
  return Effect.succeed({
    findings: [
      ...(facts.appId === undefined || facts.appId === appId ? [] : [otherApp]),
      scopesOf(facts.scopes),
      ...(typeof expiresAt === "number" ? [] : [expiry])
    ],
    ...(typeof expiresAt === "number" ? { expiresAt } : {})
  })
}

const otherApp: Finding = {
  about: "app",
  state: "alarm",
  problem: "the token belongs to another app than appId",
  remedy: "make a token of the app whose secret signs your webhooks"
}

const scopesOf = (scopes: ReadonlyArray<string> | undefined): Finding => {
  if (scopes === undefined) {
    return { about: "scopes", state: "unknown", problem: "the provider does not list them", remedy: "look there" }
  }
  return scopes.includes(managing)
    ? { about: "scopes", state: "ok" }
    : {
        about: "scopes",
        state: "alarm",
        problem: `the token lacks the scope ${managing}`,
        remedy: "make a token that has it"
      }
}
