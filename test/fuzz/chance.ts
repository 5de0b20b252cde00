/** Numbers that look random and come again in the same order for the same seed (mulberry32). */
export interface Chance {
  /** At least 0 and below `below`, whole. */
  readonly upTo: (below: number) => number
  readonly of: <A>(many: readonly [A, ...ReadonlyArray<A>]) => A
  /** True once in `often` times. */
  readonly once: (often: number) => boolean
}

export const chance = (seed: number): Chance => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const upTo = (below: number) => Math.floor(next() * below)
  return { upTo, of: (many) => many[upTo(many.length)] ?? many[0], once: (often) => upTo(often) === 0 }
}
