import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Failure, type FailureReport, report } from "../domain/failure.ts"
import type { AccountContext } from "./account-context.ts"
import type { ProviderHttp } from "./provider-http.ts"

/** What a probe looks at: `token` the account's credential, `app` the connector's own, `account` the identity that sends. */
export const ProbeSubject = Schema.Literals(["token", "app", "scopes", "account", "subscription", "expiry"])
export type ProbeSubject = typeof ProbeSubject.Type

/** One thing that was looked at. An `alarm` is worth a person's attention and stops nothing (G37). Texts are ours. */
export const Finding = Schema.Struct({
  about: ProbeSubject,
  state: Schema.Literals(["ok", "alarm", "unknown"]),
  problem: Schema.optionalKey(Schema.String),
  remedy: Schema.optionalKey(Schema.String)
})
export type Finding = typeof Finding.Type

/** The provider takes the credential for this account. `expiresAt`: milliseconds since the epoch, where the provider tells. */
export const Proven = Schema.TaggedStruct("Proven", {
  findings: Schema.Array(Finding),
  expiresAt: Schema.optionalKey(Schema.Finite)
})
export type Proven = typeof Proven.Type

/** The provider definitely refuses it: nothing that is sent with it can work. `code` as in the error table, or a word of ours. */
export const ProbeRefused = Schema.TaggedStruct("Refused", {
  about: ProbeSubject,
  code: Schema.String,
  problem: Schema.String,
  remedy: Schema.String
})
export type ProbeRefused = typeof ProbeRefused.Type

/** Nobody can say: unreachable, throttled, failing, or an answer that proves nothing. `retryAfter` in seconds. */
export const ProbeUnknown = Schema.TaggedStruct("Unknown", {
  code: Schema.String,
  problem: Schema.String,
  retryAfter: Schema.optionalKey(Schema.Finite)
})
export type ProbeUnknown = typeof ProbeUnknown.Type

/** Holds no secret, no person and no text of the provider: it may be logged, stored and shown. */
export const ProbeResult = Schema.Union([Proven, ProbeRefused, ProbeUnknown])
export type ProbeResult = typeof ProbeResult.Type

/** Asks the provider, without any effect there, whether one account's credential is good for what the account is for. */
export type Probe<Settings, Account> = (
  context: AccountContext<Settings, Account>
) => Effect.Effect<ProbeResult, never, ProviderHttp>

export const refusedProbe = (about: ProbeSubject, code: string, problem: string, remedy: string): ProbeRefused => ({
  _tag: "Refused",
  about,
  code,
  problem,
  remedy
})

/** How a question failed: a certain refusal that will not pass by itself, or nothing that anybody can build on. */
export const failedProbe = (about: ProbeSubject, failure: Failure, remedy: string): ProbeRefused | ProbeUnknown => {
  const { code, certainty, transient, detail }: FailureReport = report(failure)
  if (failure._tag !== "InfraError" && certainty === "not_applied" && !transient) {
    return refusedProbe(about, code, detail, remedy)
  }
  const wait = failure._tag === "ProviderError" ? failure.retryAfter : undefined
  return { _tag: "Unknown", code, problem: detail, ...(wait === undefined ? {} : { retryAfter: wait }) }
}
