import type { Limit } from "../../../src/connector/limit.ts"
import type { AcquireDecision, AcquireRequest, Timing } from "../../../src/outbound/accounts/accounts.ts"
import type { Held } from "./report.ts"
import { count, settlePause, type State } from "./state.ts"

/** State of the rate limits: for each, the time at which all that was taken would have gone out one by one. */
export interface Taken {
  readonly limits: Map<string, number>
  /** Time until which each intent is known to have paid. */
  readonly paid: Map<string, number>
}

const limitsOf = ({ account, recipient, limits }: AcquireRequest): ReadonlyArray<readonly [string, Limit]> =>
  limits
    .filter((limit) => limit.of === "account" || recipient !== undefined)
    .map((limit) => [`${limit.of === "account" ? account : recipient}:${limit.name}`, limit])

/**
 * Takes one from each limit. Returns the first limit that has none left, and then takes nothing. A limit is at most its
 * burst ahead of now. If it is further ahead, the clock was set back, and the limit is set back as well.
 */
const take = (
  taken: Taken,
  asking: AcquireRequest,
  now: number,
  timing: Timing
): { of: Limit["of"]; wait: number } | undefined => {
  const next = new Map<string, number>()
  let limited: { of: Limit["of"]; wait: number } | undefined
  for (const [name, { of, every, burst }] of limitsOf(asking)) {
    const most = now + every * burst
    const stored = Math.min(taken.limits.get(name) ?? 0, most)
    if ((taken.limits.get(name) ?? 0) > most) taken.limits.set(name, most)
    const at = Math.max(stored, now) + every
    if (limited === undefined && at - most > 0.001) limited = { of, wait: Math.ceil(at - most) }
    next.set(name, at)
  }
  if (limited !== undefined) return limited
  for (const [name, at] of next) taken.limits.set(name, at)
  taken.paid.set(asking.intentId, now + timing.receipt)
  return undefined
}

export const acquire = (
  state: State,
  held: Held | undefined,
  taken: Taken,
  asking: AcquireRequest,
  now: number,
  timing: Timing
): AcquireDecision => {
  const over = settlePause(state, asking.credential, now)
  const resumed = over === undefined ? {} : { resumed: over }
  if (asking.succeeded > 0) count(state, asking.succeeded, 0, now, timing)
  const begun = now < (taken.paid.get(asking.intentId) ?? 0)
  const { pause } = state
  const tried = state.trial?.until ?? 0
  const trying = pause?.why === "breaker" && now >= (pause.until ?? 0) && tried <= now
  if (pause !== undefined && !trying) {
    const { credential: _credential, ...told } = pause
    const ends = pause.why === "breaker" ? Math.max(pause.until ?? 0, tried) : pause.until
    return { _tag: "Paused", ...resumed, pause: told, wait: ends === undefined ? 0 : ends - now, begun }
  }
  if (held !== undefined && held.until > now) return { _tag: "Held", ...resumed, wait: held.until - now, begun }
  const limited = begun ? undefined : take(taken, asking, now, timing)
  if (limited !== undefined) return { _tag: "Limited", ...resumed, ...limited, begun }
  if (trying) state.trial = { until: now + timing.tryWithin, intentId: asking.intentId }
  return { _tag: "Allowed", ...resumed, paid: !begun, trial: trying || state.throttles > 0 || held !== undefined }
}

export const refund = (state: State, taken: Taken, asking: AcquireRequest, now: number): void => {
  for (const [name, { every }] of limitsOf(asking)) {
    const next = (taken.limits.get(name) ?? 0) - every
    if (next > now) taken.limits.set(name, next)
    else taken.limits.delete(name)
  }
  if (state.trial?.intentId === asking.intentId) state.trial = undefined
}
