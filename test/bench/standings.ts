import { median } from "./median.ts"
import type { OnStage, Slice } from "./round.ts"
import type { Contestant } from "./servers.ts"

/** A contestant on stage, and what it has done in each round, in the order of the rounds. */
export interface Entrant {
  readonly contestant: Contestant
  readonly server: OnStage
  readonly slices: Array<Slice & { readonly connections: number }>
  /** Webhooks answered before the first round. */
  warming: number
  /** Events in its store at the end. */
  stored: number
}

const slicesOf = ({ slices }: Entrant, connections: number) => slices.filter((one) => one.connections === connections)

/** What one has done with so many connections. */
export const line = (entrant: Entrant, connections: number): string => {
  const slices = slicesOf(entrant, connections)
  const middle = (of: (slice: Slice) => number) => median(slices.map(of))
  const each = slices.map(({ perSecond }) => perSecond.toFixed(0)).join(" ")
  const bad = slices.reduce((sum, one) => sum + one.bad, 0)
  return (
    `${entrant.contestant.name.padEnd(20)} ${middle(({ perSecond }) => perSecond)
      .toFixed(0)
      .padStart(6)}/s  (${each}), p99 ${middle(({ p99 }) => p99).toFixed(1)} ms, ` +
    `${middle(({ microseconds }) => microseconds).toFixed(0)} µs of its processor a webhook, ${bad} not 200` +
    (slices.some(({ repeated }) => repeated) ? ", ids were repeated" : "")
  )
}

/** Of each round, and the middle of them: what stands beside each other was measured within seconds. */
export const ratio = (one: Entrant, other: Entrant, connections: number): string => {
  const others = slicesOf(other, connections)
  const paired = (of: (mine: Slice, its: Slice) => number) =>
    median(
      slicesOf(one, connections).flatMap((mine, turn) => (others[turn] === undefined ? [] : [of(mine, others[turn])]))
    ).toFixed(2)
  return (
    `${one.contestant.name} / ${other.contestant.name}: ${paired((mine, its) => mine.perSecond / its.perSecond)}, ` +
    `by processor time, which a busy machine distorts less: ${paired((mine, its) => its.microseconds / mine.microseconds)}`
  )
}
