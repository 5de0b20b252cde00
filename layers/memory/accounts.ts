import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Accounts, defaultTiming, type Timing } from "../../src/outbound/accounts/accounts.ts"
import { acquire, refund, type Taken } from "./accounts/ask.ts"
import { type Held, applyReport } from "./accounts/report.ts"
import { go, newState, pause, currentPause, type State } from "./accounts/state.ts"

const toldOf = (pause: NonNullable<State["pause"]>) => {
  const { credential: _credential, ...told } = pause
  return told
}

/** Accounts for `local` and for tests: as strict as a store, lost with the process. Time is the Clock's. */
export const layer = (given: Partial<Timing> = {}): Layer.Layer<Accounts> =>
  Layer.sync(Accounts, () => {
    const timing: Timing = { ...defaultTiming, ...given }
    const states = new Map<string, State>()
    const holds = new Map<string, Held>()
    const taken: Taken = { limits: new Map(), paid: new Map() }
    const at = <A>(step: (now: number) => A) => Effect.map(Clock.currentTimeMillis, step)
    const stateOf = (account: string) => {
      const state = states.get(account) ?? newState()
      states.set(account, state)
      return state
    }
    const forgetOld = (now: number) => {
      for (const [intentId, until] of taken.paid) {
        if (now < until) break
        taken.paid.delete(intentId)
      }
      if (taken.limits.size < 10_000) return
      for (const [name, until] of taken.limits) if (until <= now) taken.limits.delete(name)
    }
    const heldOf = (recipient: string | undefined, now: number) => {
      const held = holds.get(recipient ?? "")
      return held !== undefined && now < held.keepUntil ? held : undefined
    }
    return Accounts.of({
      acquire: (asking) =>
        at((now) => {
          forgetOld(now)
          return acquire(stateOf(asking.account), heldOf(asking.recipient, now), taken, asking, now, timing)
        }),
      refund: (asking) => at((now) => refund(stateOf(asking.account), taken, asking, now)),
      report: (call) => at((now) => applyReport(stateOf(call.account), holds, taken.paid, call, now, timing)),
      look: ({ account, credential }) =>
        at((now) => {
          const found = currentPause(stateOf(account), credential, now)
          return found === undefined ? undefined : toldOf(found)
        }),
      pause: ({ account, credential }) =>
        at((now) => {
          const state = stateOf(account)
          pause(state, "operator", undefined, "", credential, now)
          return { why: "operator", since: state.pause?.since ?? now }
        }),
      forget: (_, recipients, limits) =>
        Effect.sync(
          () =>
            recipients
              .flatMap((recipient) => [
                holds.delete(recipient),
                ...limits.map((name) => taken.limits.delete(`${recipient}:${name}`))
              ])
              .filter(Boolean).length
        ),
      resume: ({ account, credential }) =>
        at((now) => {
          const state = stateOf(account)
          const found = currentPause(state, credential, now)
          states.set(account, newState())
          go(state)
          return found === undefined ? undefined : toldOf(found)
        })
    })
  })
