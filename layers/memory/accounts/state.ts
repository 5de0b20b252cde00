import { type PauseReason, pauseRank } from "../../../src/domain/pause.ts"
import type { Change, Pause, Timing } from "../../../src/outbound/accounts/accounts.ts"

interface Slice {
  readonly calls: number
  readonly bad: number
}

/** State of one account. */
export interface State {
  pause: (Pause & { readonly credential: string }) | undefined
  /** Number of throttles, and of openings of the breaker, since the last success. */
  throttles: number
  openings: number
  /** The intent whose call tests whether the provider is back, and the time limit of that test. */
  trial: { readonly until: number; readonly intentId: string } | undefined
  window: Map<number, Slice>
}

export const newState = (): State => ({
  pause: undefined,
  throttles: 0,
  openings: 0,
  trial: undefined,
  window: new Map()
})

/** Returns the current pause; one that has ended by itself is not current. */
export const currentPause = ({ pause }: State, credential: string, now: number): State["pause"] => {
  if (pause?.why === "throttled" && pause.until !== undefined && now >= pause.until) return undefined
  return pause?.why === "auth" && pause.credential !== credential ? undefined : pause
}

export const go = (state: State): void => {
  state.pause = undefined
  state.trial = undefined
}

/** Ends a pause that is over by itself. Returns its reason, or `undefined` when none ended. */
export const settlePause = (state: State, credential: string, now: number): PauseReason | undefined => {
  const before = state.pause
  if (before === undefined || currentPause(state, credential, now) !== undefined) return undefined
  go(state)
  return before.why
}

/** Adds ended calls. Returns the number of calls and of bad ones in the whole window. */
export const count = (state: State, ended: number, bad: number, now: number, timing: Timing): Slice => {
  const slice = Math.floor(now / (timing.window / timing.slices))
  const mine = state.window.get(slice) ?? { calls: 0, bad: 0 }
  state.window.set(slice, { calls: mine.calls + ended, bad: mine.bad + bad })
  for (const past of state.window.keys()) if (past <= slice - timing.slices) state.window.delete(past)
  return Array.from(state.window.values()).reduce((all, one) => ({
    calls: all.calls + one.calls,
    bad: all.bad + one.bad
  }))
}

/** Pauses the account, unless a graver pause exists. Returns the changes. */
export const pause = (
  state: State,
  why: PauseReason,
  until: number | undefined,
  code: string,
  credential: string,
  now: number
): ReadonlyArray<Change> => {
  const before = state.pause
  if (before !== undefined && pauseRank[before.why] > pauseRank[why]) return []
  if (before?.why === why && why !== "breaker") {
    if (before.until !== undefined && until !== undefined && until > before.until) state.pause = { ...before, until }
    return []
  }
  const made: Pause = {
    why,
    since: before?.why === why ? before.since : now,
    ...(until === undefined ? {} : { until }),
    ...(code === "" ? {} : { code })
  }
  state.pause = { ...made, credential }
  state.trial = undefined
  return [{ _tag: "Paused", pause: made }]
}
