import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { redisServer } from "../../support/redis-server.ts"
import type { Replica } from "../support/replica.ts"
import { type Ground, groundAt, type Wish, wish } from "./ground.ts"
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
const living = Effect.fnUntraced(function* (ground: Ground) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const one = yield* Effect.provideService(ground.start, Scope.Scope, scope)
  return { one, end: Effect.andThen(one.kill, Scope.close(scope, Exit.void)) }
})

const strike = Effect.fnUntraced(function* (ground: Ground, blow: Blow, other: Replica) {
  const { one, end } = yield* living(ground)
  const { point } = blow
  const wishes = [blow.one, ...blow.companions]
  if (point.step !== undefined) yield* one.arm(point.step)
  const asked = blow.doubled ? [one, other] : [one]
  for (const wanted of wishes) {
    for (const gateway of asked) yield* Effect.forkScoped(Effect.exit(wish(gateway, wanted)))
  }
  const there = point.step === undefined ? ground.provider.asked(blow.one.key) : one.reached(point.step)
  const reached = yield* Effect.timeoutOption(there, "4 seconds")
  yield* end
  return reached._tag === "Some" ? 1 : 0
})

/** Strikes these blows one after the other, and then asks what became of every intent. */
export const batch = (seed: number, numbers: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const redis = yield* redisServer()
    const ground = yield* groundAt(redis.url)
    const blows = numbers.map((number) => blowOf(seed, number))
    let other = yield* living(ground)
    let [kills, reached] = [0, 0]
    for (const blow of blows) {
      reached += yield* Effect.scoped(strike(ground, blow, other.one))
      kills += 1
      if (!blow.both) continue
      yield* other.end
      kills += 1
      other = yield* living(ground)
    }
    const wishes = blows.flatMap((blow) => [blow.one, ...blow.companions].map((wish) => ({ blow, wish })))
    const ends = yield* Effect.forEach(
      wishes,
      ({ blow, wish }) =>
        Effect.map(judge(other.one, ground, wish), (ended): Told => ({
          ...ended,
          blow: blow.number,
          point: blow.point.name,
          wish
        })),
      { concurrency: 64 }
    )
    return { kills, reached, ends } satisfies Batch
  }).pipe(Effect.scoped)
