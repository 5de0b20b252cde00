import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { InfraError } from "../../src/domain/failure.ts"
import { StoreClock } from "../../src/partition/store-clock.ts"
import { RedisStore, type RedisReply } from "./client.ts"

const askEvery = "5 seconds"
/** Longest wait for the first reply. Until one arrives, the clock of this process is used. */
const firstWithin = "2 seconds"

/** Holds one time of the store, and the monotonic time at which it arrived, both in milliseconds. */
interface Known {
  readonly time: number
  readonly at: number
}

/** Converts the reply of `TIME`, which is seconds and microseconds as texts. Returns `undefined` when the reply is no time. */
export const millisOf = (reply: RedisReply): number | undefined => {
  if (!Array.isArray(reply)) return undefined
  const millis = Number(reply[0]) * 1_000 + Math.floor(Number(reply[1]) / 1_000)
  return Number.isFinite(millis) ? millis : undefined
}

/**
 * Makes a clock that reads the store's time every 5 seconds and adds the monotonic time that has passed since. The wall
 * clock of this process does not affect it.
 */
export const makeStoreClock = Effect.fnUntraced(function* (time: Effect.Effect<RedisReply, InfraError>) {
  const clock = yield* Clock.Clock
  const monotonic = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000n) / 1_000
  let known: Known | undefined

  const ask = Effect.suspend(() => {
    const before = monotonic()
    return Effect.map(time, (reply) => {
      const millis = millisOf(reply)
      if (millis !== undefined) known = { time: millis, at: (before + monotonic()) / 2 }
    })
  }).pipe(Effect.ignore)

  yield* Effect.timeoutOption(ask, firstWithin)
  yield* ask.pipe(Effect.delay(askEvery), Effect.repeat(Schedule.forever), Effect.forkScoped)
  return StoreClock.of({
    now: Effect.sync(() =>
      known === undefined ? clock.currentTimeMillisUnsafe() : Math.round(known.time + monotonic() - known.at)
    )
  })
})

export const layer: Layer.Layer<StoreClock, never, RedisStore> = Layer.effect(
  StoreClock,
  Effect.flatMap(RedisStore, (store) => makeStoreClock(store.command("TIME")))
)
