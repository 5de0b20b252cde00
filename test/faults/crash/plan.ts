import type { Turn } from "./counting-provider.ts"
import { everyLevel, type Wish } from "./setup.ts"
import { type Point, points, pointsLater } from "./points.ts"

/** One kill: where the victim is cut, what else it was doing, and who else is asked for the same. */
export interface Blow {
  readonly number: number
  readonly point: Point
  readonly one: Wish
  readonly companions: ReadonlyArray<Wish>
  /** The other replica is asked for all of it too, at the same time. */
  readonly doubled: boolean
  /** The other replica is killed with it. */
  readonly both: boolean
}

/** Numbers from 0 up to and without 1, the same for the same seed (mulberry32). */
export const dice = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const scripts: readonly [ReadonlyArray<Turn>, ...ReadonlyArray<ReadonlyArray<Turn>>] = [
  ["answer"],
  ["answer"],
  ["answer"],
  ["answer"],
  ["answer"],
  ["busy", "answer"],
  ["refuse"],
  ["drop"],
  ["fail"],
  ["acted"],
  ["written"]
]

/** The same blow for the same seed and number. */
export const blowOf = (seed: number, number: number): Blow => {
  const next = dice(seed * 1_000_003 + number)
  const oneOf = <A>(all: readonly [A, ...ReadonlyArray<A>]): A => all[Math.floor(next() * all.length)] ?? all[0]
  const later = next() < 0.5
  const point = oneOf(later ? pointsLater : points)
  const level = () => oneOf(everyLevel)
  const key = (n: number) => `s${seed}-k${number}-${n}`
  return {
    number,
    point,
    one: { key: key(0), level: level(), script: [point.turn, "answer"], later },
    companions: Array.from({ length: Math.floor(next() * 6) }, (_, n) => ({
      key: key(n + 1),
      level: level(),
      script: oneOf(scripts),
      later: next() < 0.5
    })),
    doubled: next() < 0.4,
    both: next() < 0.1
  }
}
