import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Consumer, Ownership, Write } from "../../../src/inbound/event-log.ts"
import type { Deployment } from "../../../src/partition/deployment.ts"
import type { RedisStore } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { type Kept, keysOf } from "../keys.ts"
import { together } from "../together.ts"
import { acknowledge } from "./acknowledge.ts"

/** What one consumer is done with. */
interface Done {
  readonly owner: Ownership
  readonly consumer: Consumer
  readonly position: number
}

/** What one owner is done with: positions, and where the answer to each is wanted. */
interface Part {
  readonly owner: Ownership
  readonly positions: Array<number>
  readonly places: Array<number>
}

/** Positions that one script acknowledges. */
const limit = 128

const writeOf = (letter: string | undefined): Write =>
  letter === "w" ? "written" : letter === "s" ? "stale" : "absent"

const keptOf = (consumer: Consumer): ReadonlyArray<Kept> => {
  const other = consumer === "runtime" ? "ledger" : "runtime"
  return ["stamp", "lease", `todo:${consumer}`, `todo:${other}`, "late", "counters", "refusals"]
}

const partsOf = (items: ReadonlyArray<Done>): ReadonlyArray<Part> => {
  const parts = new Map<string, Part>()
  for (const [place, { owner, position }] of items.entries()) {
    const name = `${owner.partition} ${owner.epoch}`
    const part = parts.get(name) ?? { owner, positions: [], places: [] }
    part.positions.push(position)
    part.places.push(place)
    parts.set(name, part)
  }
  return Array.from(parts.values())
}

/** The letters of an answer, place after place; `undefined` where it is none. */
const lettersOf = (reply: unknown, parts: ReadonlyArray<Part>): ReadonlyArray<string | undefined> | undefined => {
  const places = parts.flatMap((part) => part.places)
  if (typeof reply !== "string" || reply.length !== places.length || !/^[was]*$/.test(reply)) return undefined
  const letters: Array<string | undefined> = []
  for (const [at, place] of places.entries()) letters[place] = reply[at]
  return letters
}

/** Acknowledges for one consumer together, over all partitions of a shard: the store is asked a few times, not once an event. */
export const acknowledgement = (
  store: RedisStore["Service"],
  { id, partitions }: Deployment["Service"],
  shardOf: (partition: number) => number
) => {
  const namesOf = (consumer: Consumer) =>
    Array.from({ length: partitions }, (_, partition) => keptOf(consumer).map(keysOf(store.prefix, partition).of))
  const names = { runtime: namesOf("runtime"), ledger: namesOf("ledger") }
  return together<Done, Write, InfraError>(
    ({ owner, consumer }) => `${shardOf(owner.partition)} ${consumer}`,
    (items) => {
      const consumer = items[0]?.consumer ?? "runtime"
      const parts = partsOf(items)
      const keys = parts.flatMap(({ owner }) => names[consumer][owner.partition] ?? [])
      const args = parts.flatMap(({ owner, positions }) => [owner.epoch, positions.length, ...positions])
      return Effect.flatMap(store.run(acknowledge, keys, [id, consumer, ...args]), (reply) => {
        const letters = lettersOf(reply, parts)
        return letters === undefined
          ? Effect.fail(unexpectedReply(acknowledge.name))
          : Effect.succeed((at: number) => writeOf(letters[at]))
      })
    },
    limit
  )
}
