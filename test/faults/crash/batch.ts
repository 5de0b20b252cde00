import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { redisServer } from "../../support/redis-server.ts"
import type { Replica } from "../support/replica.ts"
import { type Setup, setupAt, type Wish, wish } from "./setup.ts"
import { type Blow, blowOf } from "./plan.ts"
import { type Ended, judge } from "./verdict.ts"

/** What became of one intent of a blow. */
export interface Told extends Ended {
  readonly blow: number
  readonly point: string
  readonly wish: Wish
}

export interface Batch {
  readonly kills: number
  /** Points that were reached before the kill; at the others the other replica had been faster. */
  readonly reached: number
  readonly ends: ReadonlyArray<Told>
}

/** A replica whose end is ours to choose. */
const living = Effect.fnUntraced(function* (setup: Setup) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const one = yield* Effect.provideService(setup.start, Scope.Scope, scope)
  return { one, end: Effect.andThen(one.kill, Scope.close(scope, Exit.void)) }
})

const strike = Effect.fnUntraced(function* (setup: Setup, blow: Blow, other: Replica) {
  const { one, end } = yield* living(setup)
  const { point } = blow
  const wishes = [blow.one, ...blow.companions]
  if (point.step !== undefined) yield* one.arm(point.step)
  const targets = blow.doubled ? [one, other] : [one]
  for (const wanted of wishes) {
    for (const gateway of targets) yield* Effect.forkScoped(Effect.exit(wish(gateway, wanted)))
  }
  const there = point.step === undefined ? setup.provider.asked(blow.one.key) : one.reached(point.step)
  const reached = yield* Effect.timeoutOption(there, "4 seconds")
  yield* end
  return reached._tag === "Some" ? 1 : 0
})

/** Strikes these blows one after the other, and then asks what became of every intent. */
export const batch = (seed: number, numbers: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const redis = yield* redisServer()
    const setup = yield* setupAt(redis.url)
    const blows = numbers.map((number) => blowOf(seed, number))
    let other = yield* living(setup)
    let [kills, reached] = [0, 0]
    for (const blow of blows) {
      reached += yield* Effect.scoped(strike(setup, blow, other.one))
      kills += 1
      if (!blow.both) continue
      yield* other.end
      kills += 1
      other = yield* living(setup)
    }
    const wishes = blows.flatMap((blow) => [blow.one, ...blow.companions].map((wish) => ({ blow, wish })))
    const ends = yield* Effect.forEach(
      wishes,
      ({ blow, wish }) =>
        Effect.map(judge(other.one, setup, wish), (ended): Told => ({
          ...ended,
          blow: blow.number,
          point: blow.point.name,
          wish
        })),
      { concurrency: 64 }
    )
    return { kills, reached, ends } satisfies Batch
  }).pipe(Effect.scoped)
