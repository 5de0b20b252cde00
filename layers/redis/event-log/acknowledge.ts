import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Consumer, Ownership, Write } from "../../../src/inbound/event-log/event-log.ts"
import type { Deployment } from "../../../src/deployment/deployment.ts"
import type { RedisStore } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { type KeyName, keysOf } from "../keys.ts"
import { coalesce } from "../connection/coalesce.ts"
import { acknowledgeScript } from "./scripts/acknowledge-refuse.ts"
import { overPartitions } from "./calls.ts"

/** Names an event that one consumer acknowledges. */
interface AcknowledgedEvent {
  readonly owner: Ownership
  readonly consumer: Consumer
  readonly position: number
}

/** Holds the acknowledgements of one owner: the positions, and the index of each in the batch. */
interface OwnerPart {
  readonly owner: Ownership
  readonly positions: Array<number>
  readonly places: Array<number>
}

/** Positions that one script acknowledges. */
const limit = 128

const writeOf = (letter: string): Write => (letter === "w" ? "written" : letter === "s" ? "stale" : "absent")

const keptOf = (consumer: Consumer): ReadonlyArray<KeyName> => {
  const other = consumer === "runtime" ? "ledger" : "runtime"
  return ["stamp", "lease", `todo:${consumer}`, `todo:${other}`, "late", "counters", "refusals"]
}

const partsOf = (items: ReadonlyArray<AcknowledgedEvent>): ReadonlyArray<OwnerPart> => {
  const parts = new Map<string, OwnerPart>()
  for (const [place, { owner, position }] of items.entries()) {
    const name = `${owner.partition} ${owner.epoch}`
    const part = parts.get(name) ?? { owner, positions: [], places: [] }
    part.positions.push(position)
    part.places.push(place)
    parts.set(name, part)
  }
  return Array.from(parts.values())
}

/**
 * Returns true when the failure may be of one partition, such as a damaged key. The other partitions of the shard are
 * then acknowledged without it.
 */
const isOfOne = ({ code }: InfraError) =>
  code === "store_error" || code === "store_reply" || code === "store_unfinished"

/** Puts the results, which arrive part after part, back into the order of the batch. */
const placed = (parts: ReadonlyArray<OwnerPart>, writes: ReadonlyArray<Write>): ReadonlyArray<Write> => {
  const all: Array<Write> = []
  for (const [at, place] of parts.flatMap(({ places }) => places).entries()) all[place] = writes[at] ?? "absent"
  return all
}

/**
 * Acknowledges in batches for one consumer over all partitions of a shard: one script for up to 128 events instead of
 * one for each event.
 */
export const acknowledgeMethods = (
  store: RedisStore["Service"],
  { id, partitions }: Deployment["Service"],
  shardOf: (partition: number) => number
) => {
  const namesOf = (consumer: Consumer) =>
    Array.from({ length: partitions }, (_, partition) => keptOf(consumer).map(keysOf(store.prefix, partition).of))
  const names = { runtime: namesOf("runtime"), ledger: namesOf("ledger") }
  const written = (consumer: Consumer) =>
    overPartitions((parts: ReadonlyArray<OwnerPart>) => {
      const keys = parts.flatMap(({ owner }) => names[consumer][owner.partition] ?? [])
      const args = parts.flatMap(({ owner, positions }) => [owner.epoch, positions.length, ...positions])
      const count = parts.reduce((sum, { positions }) => sum + positions.length, 0)
      return Effect.flatMap(store.run(acknowledgeScript, keys, [id, consumer, ...args]), (reply) =>
        typeof reply === "string" && reply.length === count && /^[was]*$/.test(reply)
          ? Effect.succeed(Array.from(reply, writeOf))
          : Effect.fail(unexpectedReply(acknowledgeScript.name))
      )
    })
  const writing = { runtime: written("runtime"), ledger: written("ledger") }
  return coalesce<AcknowledgedEvent, Write, InfraError>(
    ({ owner, consumer }) => `${shardOf(owner.partition)} ${consumer}`,
    (items) => {
      const parts = partsOf(items)
      return Effect.map(writing[items[0]?.consumer ?? "runtime"](parts), (writes) => {
        const all = placed(parts, writes)
        return (at: number): Write => all[at] ?? "absent"
      })
    },
    limit,
    isOfOne
  )
}
