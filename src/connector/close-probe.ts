import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { AccountContext } from "./account-context.ts"
import type { ProbeFinding, Probe, ProbeResult, Proven } from "./probe.ts"
import type { ProviderHttp } from "./provider-http.ts"

/** Milliseconds before its expiry at which a credential raises an alarm. */
export const announceExpiry = 14 * 24 * 3_600_000

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
