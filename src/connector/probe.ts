import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Failure, type FailureReport, failureReport } from "../domain/failure.ts"
import type { AccountContext } from "./account-context.ts"
import type { ProviderHttp } from "./provider-http.ts"

/** Subject of a finding: `token` is the account's credential, `app` the connector's own, `account` the identity that sends. */
export const ProbeSubject = Schema.Literals(["token", "app", "scopes", "account", "subscription", "expiry"])
export type ProbeSubject = typeof ProbeSubject.Type

/** Result of one check. An `alarm` needs an operator's attention and stops nothing (G37). The texts are the gateway's. */
export const ProbeFinding = Schema.Struct({
  about: ProbeSubject,
  state: Schema.Literals(["ok", "alarm", "unknown"]),
  problem: Schema.optionalKey(Schema.String),
  remedy: Schema.optionalKey(Schema.String)
})
export type ProbeFinding = typeof ProbeFinding.Type

/**
 * The provider accepts the credential for this account. `expiresAt`: milliseconds since the epoch, where the provider states
 * it.
 */
export const Proven = Schema.TaggedStruct("Proven", {
  findings: Schema.Array(ProbeFinding),
  expiresAt: Schema.optionalKey(Schema.Finite)
})
export type Proven = typeof Proven.Type

/**
 * The provider definitely refuses the credential: no send with it can work. `code` as in the error table, or a word of the
 * gateway.
 */
export const ProbeRefused = Schema.TaggedStruct("Refused", {
  about: ProbeSubject,
  code: Schema.String,
  problem: Schema.String,
  remedy: Schema.String
})
export type ProbeRefused = typeof ProbeRefused.Type

/**
 * The probe proves nothing: the provider is unreachable, throttles, fails, or answers without proof. `retryAfter` in seconds.
 */
export const ProbeUnknown = Schema.TaggedStruct("Unknown", {
  code: Schema.String,
  problem: Schema.String,
  retryAfter: Schema.optionalKey(Schema.Finite)
})
export type ProbeUnknown = typeof ProbeUnknown.Type

/** Result of a probe. Holds no secret, no person and no text of the provider: it may be logged, stored and shown. */
export const ProbeResult = Schema.Union([Proven, ProbeRefused, ProbeUnknown])
export type ProbeResult = typeof ProbeResult.Type

/** Asks the provider, without any effect there, whether an account's credential is good for the account's purpose. */
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

/** Returns `Refused` for a certain refusal that is not transient, else `Unknown`. */
export const failedProbe = (about: ProbeSubject, failure: Failure, remedy: string): ProbeRefused | ProbeUnknown => {
  const { code, certainty, transient, detail }: FailureReport = failureReport(failure)
  if (failure._tag !== "InfraError" && certainty === "not_applied" && !transient) {
    return refusedProbe(about, code, detail, remedy)
  }
  const wait = failure._tag === "ProviderError" ? failure.retryAfter : undefined
  return { _tag: "Unknown", code, problem: detail, ...(wait === undefined ? {} : { retryAfter: wait }) }
}

/** Milliseconds before its expiry at which a credential raises an alarm. */
const announceExpiry = 14 * 24 * 3_600_000

/**
 * Returns the finding about the expiry. A date in the past is an alarm, not a refusal: the provider accepted the credential.
 */
const expiryFinding = (expiresAt: number, now: number): ProbeFinding => {
  if (expiresAt - now > announceExpiry) return { about: "expiry", state: "ok" }
  const days = Math.ceil((expiresAt - now) / 86_400_000)
  return {
    about: "expiry",
    state: "alarm",
    problem: days > 0 ? `the credential expires within ${days} days` : "the credential has expired",
    remedy: "make a new token and put it into the secret store"
  }
}

const withExpiry = (proven: Proven, now: number): Proven =>
  proven.expiresAt === undefined
    ? proven
    : { ...proven, findings: [...proven.findings, expiryFinding(proven.expiresAt, now)] }

const defect: ProbeResult = { _tag: "Unknown", code: "defect", problem: "the connector's probe failed" }

/** Runs a probe and adds an alarm before an expiry. A defect of the probe returns `Unknown`, which proves nothing. */
export const closeProbe = <Settings, Account>(
  probe: Probe<Settings, Account>,
  context: AccountContext<Settings, Account>
): Effect.Effect<ProbeResult, never, ProviderHttp> =>
  Effect.gen(function* () {
    const result = yield* probe(context)
    const now = yield* Clock.currentTimeMillis
    return result._tag === "Proven" ? withExpiry(result, now) : result
  }).pipe(Effect.catchDefect(() => Effect.succeed(defect)))
