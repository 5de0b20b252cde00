import { backoffDelay } from "../../../src/concurrency/backoff.ts"
import { waitOf } from "../../../src/domain/pause.ts"
import type { CallReport, Change, HowLong, Timing } from "../../../src/outbound/accounts/accounts.ts"
import { count, go, pause, settlePause, type State } from "./state.ts"

/** A hold of a recipient, current or recent. */
export interface Held {
  readonly until: number
  readonly nth: number
  readonly keepUntil: number
}

const millisOf = (long: HowLong, nth: number) => ("asked" in long ? long.asked : waitOf(long.wait, nth))

const judgeHealth = (state: State, call: CallReport, now: number, timing: Timing): ReadonlyArray<Change> => {
  const good = call.health === "good"
  const bad = call.health === "bad"
  const tried = state.pause?.why === "breaker" && state.trial?.intentId === call.intentId
  const window = count(state, call.succeeded + (good || bad ? 1 : 0), bad ? 1 : 0, now, timing)
  if (tried && good) {
    state.openings = 0
    state.window.clear()
    go(state)
    return [{ _tag: "Resumed", why: "breaker" }]
  }
  const half = window.calls >= timing.calls && window.bad * 2 >= window.calls
  if (bad && (tried || (state.pause === undefined && half))) {
    const open = backoffDelay({ baseMs: timing.open, maxMs: timing.most }, state.openings)
    state.openings += 1
    state.window.clear()
    return pause(state, "breaker", now + open, call.code, call.credential, now)
  }
  if (tried) state.trial = undefined
  return []
}

const takePause = (state: State, call: CallReport, now: number): ReadonlyArray<Change> => {
  const again = state.pause?.why === "throttled"
  if (call.pause === undefined) {
    if (call.health === "good" && !again) state.throttles = 0
    return []
  }
  if (call.pause.why !== "throttled") return pause(state, call.pause.why, undefined, call.code, call.credential, now)
  const { long } = call.pause
  const until = now + millisOf(long, state.throttles)
  if (!again) state.throttles += 1
  return again && !("asked" in long) ? [] : pause(state, "throttled", until, call.code, call.credential, now)
}

const takeHold = (holds: Map<string, Held>, { recipient, hold, health }: CallReport, now: number) => {
  if (recipient === undefined) return []
  const known = holds.get(recipient)
  const before = known !== undefined && now < known.keepUntil ? known : { until: 0, nth: 0 }
  const again = before.until > now
  if (hold === undefined) {
    if (health === "good" && !again) holds.delete(recipient)
    return []
  }
  const wait = millisOf(hold, before.nth)
  if (again && !("asked" in hold)) return []
  const until = Math.max(before.until, now + wait)
  holds.set(recipient, { until, nth: again ? before.nth : before.nth + 1, keepUntil: now + 2 * (until - now) + 60_000 })
  return again ? [] : [{ _tag: "Held" as const, wait }]
}

export const applyReport = (
  state: State,
  holds: Map<string, Held>,
  paid: Map<string, number>,
  call: CallReport,
  now: number,
  timing: Timing
): ReadonlyArray<Change> => {
  const over = settlePause(state, call.credential, now)
  if (call.payAgain) paid.delete(call.intentId)
  return [
    ...(over === undefined ? [] : [{ _tag: "Resumed" as const, why: over }]),
    ...judgeHealth(state, call, now, timing),
    ...takePause(state, call, now),
    ...takeHold(holds, call, now)
  ]
}
