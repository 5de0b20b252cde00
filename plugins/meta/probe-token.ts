import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import {
  failedProbe,
  type ProbeFinding,
  type ProbeRefused,
  type ProbeUnknown,
  refusedProbe
} from "../../src/connector/probe.ts"
import type { ProviderHttp } from "../../src/connector/provider-http.ts"
import { type TokenFacts, debugToken } from "./debug-token.ts"
import type { GraphCall, GraphSettings } from "./graph.ts"

export type Ended = ProbeRefused | ProbeUnknown

/** Scopes: without a `needed` one nothing works; a missing `useful` one raises an alarm. */
export interface Scopes {
  readonly needed: ReadonlyArray<string>
  readonly useful: ReadonlyArray<string>
}

export interface TokenQuestion {
  readonly settings: GraphSettings
  readonly appId: string | undefined
  readonly appSecret: Redacted.Redacted<string>
  readonly token: Redacted.Redacted<string>
  readonly scopes: Scopes
}

export interface Told {
  readonly findings: ReadonlyArray<ProbeFinding>
  readonly expiresAt?: number
}

/**
 * Checks scopes and expiry, which only the app itself can request. A refusal of the app's own credential is as certain
 * as one of the token.
 */
export const tokenOf = (call: GraphCall, question: TokenQuestion): Effect.Effect<Told, Ended, ProviderHttp> => {
  const { appId, settings, appSecret, token, scopes } = question
  if (appId === undefined)
    return Effect.succeed(untold("scopes and expiry cannot be checked without appId", "set appId"))
  return debugToken(call, { settings, appId, appSecret, token }).pipe(
    Effect.matchEffect({
      onFailure: (failure): Effect.Effect<Told, Ended> => {
        const ended = failedProbe("app", failure, "check appId and appSecret: they must be of one app")
        return ended._tag === "Refused" ? Effect.fail(ended) : Effect.succeed(untold(ended.problem, "try again later"))
      },
      onSuccess: (facts) => judged(facts, appId, scopes)
    })
  )
}

/** Returns findings for unknown scopes and an unknown expiry. */
export const untold = (problem: string, remedy: string): Told => ({
  findings: (["scopes", "expiry"] as const).map((about) => ({ about, state: "unknown", problem, remedy }))
})

const judged = (facts: TokenFacts, appId: string, scopes: Scopes): Effect.Effect<Told, Ended> => {
  if (!facts.valid) {
    const code = facts.errorCode ?? "invalid_token"
    return Effect.fail(refusedProbe("token", code, "the provider reports the token as invalid", "make a new token"))
  }
  const absent = scopes.needed.find((scope) => facts.scopes?.includes(scope) === false)
  if (absent !== undefined) {
    return Effect.fail(
      refusedProbe("scopes", "scope_missing", `the token lacks the scope ${absent}`, "make a token that has it")
    )
  }
  const { expiresAt } = facts
  const expiry: ProbeFinding =
    expiresAt === undefined
      ? {
          about: "expiry",
          state: "unknown",
          problem: "the provider does not state the expiry",
          remedy: "check the token in the provider's dashboard"
        }
      : { about: "expiry", state: "ok" }
  return Effect.succeed({
    findings: [
      ...(facts.appId === undefined || facts.appId === appId ? [] : [otherApp]),
      scopesOf(facts.scopes, scopes),
      ...(typeof expiresAt === "number" ? [] : [expiry])
    ],
    ...(typeof expiresAt === "number" ? { expiresAt } : {})
  })
}

const otherApp: ProbeFinding = {
  about: "app",
  state: "alarm",
  problem: "the token belongs to another app than appId",
  remedy: "make a token of the app whose secret signs your webhooks"
}

const scopesOf = (granted: ReadonlyArray<string> | undefined, { useful }: Scopes): ProbeFinding => {
  if (granted === undefined) {
    return {
      about: "scopes",
      state: "unknown",
      problem: "the provider does not list the scopes",
      remedy: "check the scopes in the provider's app dashboard"
    }
  }
  const absent = useful.filter((scope) => !granted.includes(scope))
  return absent.length === 0
    ? { about: "scopes", state: "ok" }
    : {
        about: "scopes",
        state: "alarm",
        problem: `the token lacks the scope ${absent.join(", ")}`,
        remedy: "make a token that has it"
      }
}
