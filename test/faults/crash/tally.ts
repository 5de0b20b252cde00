import * as Schema from "effect/Schema"
import type { Batch } from "./batch.ts"

/** What a campaign has found so far. Blows are numbered from 0; those below `done` were begun, and all but the batches of `open` ended. */
export const Tally = Schema.Struct({
  seed: Schema.Int,
  done: Schema.Int,
  /** The first blow of each batch that was begun and has not ended. */
  open: Schema.optionalKey(Schema.Array(Schema.Int)),
  kills: Schema.Int,
  /** Kills that came when the victim stood at the point that was chosen. */
  reached: Schema.Int,
  intents: Schema.Int,
  performed: Schema.Int,
  /** Intents by how they were found once no call could be under way, and how many of the doubts their evidence resolved. */
  sent: Schema.Int,
  failed: Schema.Int,
  inDoubt: Schema.Int,
  resolved: Schema.Int,
  /** Blows at each point. */
  points: Schema.Record(Schema.String, Schema.Int),
  wrong: Schema.Array(Schema.String)
})
export type Tally = typeof Tally.Type

export const begun = (seed: number): Tally => ({
  seed,
  done: 0,
  kills: 0,
  reached: 0,
  intents: 0,
  performed: 0,
  sent: 0,
  failed: 0,
  inDoubt: 0,
  resolved: 0,
  points: {},
  wrong: []
})

/** The next batch, begun; one that was left open comes first. */
export const begin = (tally: Tally, blows: number, underWay: ReadonlySet<number>): readonly [first: number, Tally] => {
  const open = tally.open ?? []
  const left = open.find((first) => !underWay.has(first))
  if (left !== undefined) return [left, tally]
  return [tally.done, { ...tally, done: tally.done + blows, open: [...open, tally.done] }]
}

export const add = (tally: Tally, first: number, { kills, reached, ends }: Batch): Tally => {
  const count = (is: (end: Batch["ends"][number]) => boolean) => ends.filter(is).length
  const points = { ...tally.points }
  const struck = new Map(ends.map(({ blow, point }) => [blow, point]))
  for (const point of struck.values()) points[point] = (points[point] ?? 0) + 1
  return {
    seed: tally.seed,
    done: tally.done,
    open: (tally.open ?? []).filter((one) => one !== first),
    kills: tally.kills + kills,
    reached: tally.reached + reached,
    intents: tally.intents + ends.length,
    performed: tally.performed + count(({ effects }) => effects > 0),
    sent: tally.sent + count(({ found }) => found === "sent"),
    failed: tally.failed + count(({ found }) => found === "failed"),
    inDoubt: tally.inDoubt + count(({ found }) => found === "in_doubt"),
    resolved: tally.resolved + count(({ found, state }) => found === "in_doubt" && state === "sent"),
    points,
    wrong: tally.wrong.concat(
      ends.flatMap(({ blow, point, wish, wrong }) =>
        wrong.map((rule) => `blow ${blow}, killed ${point}: ${wish.level} ${wish.key} (${wish.script.join()}): ${rule}`)
      )
    )
  }
}

const duplicate = /: (performed \d+ times|performed again|performed under another id)/
const loss = /: sent, and nobody performed it/

/** Counts broken rules: intents that were lost, intents that were performed twice, and the others. */
export const faultsOf = ({ wrong }: Tally) => {
  const duplicates = wrong.filter((one) => duplicate.test(one)).length
  const losses = wrong.filter((one) => loss.test(one)).length
  return { losses, duplicates, otherFaults: wrong.length - losses - duplicates }
}
