import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import { Log } from "../log/log.ts"
import type { RuntimeAnswer } from "./runtime.ts"

/** Different conversations held one after the other, with no answer in between, until the runtime counts as away. */
export const heldInRow = 5
const firstPause = 500
/** Milliseconds between two looks at a runtime that is away, at most: by a replica, not by a conversation. */
export const longestLook = 5_000

/** The right to deliver once. A probe is the one that finds out whether a runtime that was away is back. */
export interface Pass {
  readonly probe: boolean
}

/**
 * Whether the runtime is there, as this process sees it: away at the first delivery that did not reach it at all, or
 * after {@link heldInRow} conversations in a row. One that it holds back alone, however often, opens nothing (I8).
 */
export interface Breaker {
  /** At once while the runtime is there; while it is away one waiter at a time, after a pause. */
  readonly enter: Effect.Effect<Pass>
  /** Ends a pass; `undefined` where nothing was heard. Whatever answered is there, were it to refuse. */
  readonly leave: (pass: Pass, conversation: string, answer: RuntimeAnswer | undefined) => Effect.Effect<void>
}

interface Away {
  readonly since: number
  readonly until: number
  readonly looks: number
  readonly probing: boolean
}

const waitOf = (answer: Extract<RuntimeAnswer, { _tag: "Held" }>) => answer.retryAfter ?? 0

export const makeBreaker: Effect.Effect<Breaker, never, Log> = Effect.gen(function* () {
  const log = yield* Log
  /** What each held conversation was asked to wait, since the last answer. */
  const row = new Map<string, number>()
  let away: Away | undefined
  let changed = Deferred.makeUnsafe<void>()

  const become = (next: Away | undefined) => {
    away = next
    const told = changed
    changed = Deferred.makeUnsafe<void>()
    Deferred.doneUnsafe(told, Exit.void)
  }

  /** Exponential with jitter; never sooner than all who were held were asked to wait. */
  const look = Effect.fnUntraced(function* (since: number, looks: number, asked: number) {
    const now = yield* Clock.currentTimeMillis
    const full = Math.min(longestLook, firstPause * 2 ** Math.min(looks, 10))
    const jitter = yield* Random.next
    become({ since, looks, until: now + Math.max(asked, Math.ceil(full * (0.5 + jitter / 2))), probing: false })
  })

  const wait = Effect.suspend(() => {
    const told = Deferred.await(changed)
    if (away === undefined || away.probing) return told
    const { until } = away
    return Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.timeoutOption(told, until - now))
  })

  const enter = Effect.gen(function* () {
    while (true) {
      const now = yield* Clock.currentTimeMillis
      if (away === undefined) return { probe: false }
      if (!away.probing && now >= away.until) {
        away = { ...away, probing: true }
        return { probe: true }
      }
      yield* Effect.interruptible(wait)
    }
  }).pipe(Effect.uninterruptible)

  const back = Effect.map(Clock.currentTimeMillis, (now) => {
    row.clear()
    if (away === undefined) return
    log.write("info", "runtime.back", { durationMs: now - away.since })
    become(undefined)
  })

  const held = Effect.fnUntraced(function* (
    pass: Pass,
    conversation: string,
    answer: Extract<RuntimeAnswer, { _tag: "Held" }>
  ) {
    if (away !== undefined) return pass.probe ? yield* look(away.since, away.looks + 1, waitOf(answer)) : undefined
    row.set(conversation, waitOf(answer))
    if (answer.unreached !== true && row.size < heldInRow) return
    const asked = Math.min(...row.values())
    row.clear()
    log.write("error", "runtime.away", { failureCode: answer.reason })
    yield* look(yield* Clock.currentTimeMillis, 0, asked)
  })

  return {
    enter,
    leave: (pass, conversation, answer) =>
      Effect.suspend(() => {
        if (answer?._tag === "Held") return held(pass, conversation, answer)
        if (answer !== undefined) return back
        if (pass.probe && away !== undefined) become({ ...away, probing: false })
        return Effect.void
      })
  }
})
