import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { PartitionFacts, StoreFacts, Unseen, ServerFacts } from "../../../src/boot/store-facts.ts"
import { InfraError } from "../../../src/domain/failure.ts"
import type { Deployment } from "../../../src/deployment/deployment.ts"
import type { RedisStore } from "../client.ts"
import { keysOf } from "../keys.ts"
import { factsFrom } from "../store-admin/facts.ts"
import {
  partitionsAtOnce,
  factsOfPartitions,
  watchedKeysOf,
  type PartitionReading,
  decodeReading,
  readLater
} from "../store-admin/partition-facts.ts"
import { watchPartitionScript } from "../store-admin/scripts/watch-partition.ts"

/** Milliseconds until a reply counts as missing. A write may be queued behind two waits for replicas. */
const limit = 2_500

/** Partitions that one poll covers. A store with more is polled in turns. */
const atOnce = 128

const silent = (operation: string) =>
  new InfraError({ code: "store_timeout", operation, certainty: "unknown", transient: true })

const inTime = <A>(
  operation: string,
  effect: Effect.Effect<A, InfraError>
): Effect.Effect<Result.Result<A, InfraError>> =>
  Effect.result(Effect.timeoutOrElse(effect, { duration: limit, orElse: () => Effect.fail(silent(operation)) }))

/** Describes a connection that a poll used. */
export interface SeenServer {
  readonly server: string
  /** Number of times that the connection had been lost when the poll began. */
  readonly lost: number
  /** True when the server itself replied. */
  readonly answered: boolean
  /** Maps each partition that did not reply to the code of the failure. */
  readonly missed: ReadonlyMap<number, string>
}

const unstamped = (partition: number, server: string): PartitionFacts => ({
  partition,
  server,
  stamped: false,
  epoch: 0,
  remembered: 0
})

/** Makes a function that polls every primary, writes into every partition, and remembers what was acknowledged. */
export const makePoll = (store: RedisStore["Service"], deployment: Deployment["Service"]) => {
  const count = deployment.partitions
  /** The highest epoch of each partition that the store has acknowledged to this process. */
  const acknowledged = new Map<number, number>()
  const known = new Map<number, PartitionReading>()
  let turn = 0

  const owner = (partition: number) => store.ownerOf(keysOf(store.prefix, partition).of("stamp"))?.name ?? "the store"

  const write = (partition: number) =>
    Effect.gen(function* () {
      const next = acknowledged.get((partition + 1) % count) ?? 0
      const { count: begun, history } = store.lastBegun(partition)
      const args = [deployment.id, acknowledged.get(partition) ?? 0, next, begun, history]
      const reply = yield* store.run(watchPartitionScript, watchedKeysOf(store.prefix, partition), args)
      const reading = yield* decodeReading(watchPartitionScript.name, partition, reply)
      acknowledged.set(partition, Math.max(reading.epoch, acknowledged.get(partition) ?? 0))
      return reading
    })

  const chosen = (isNew: (server: string) => boolean) => {
    const all = Array.from({ length: count }, (_, partition) => partition)
    if (count <= atOnce) return all
    const from = turn
    turn = (turn + atOnce) % count
    return all.filter((partition) => (partition - from + count) % count < atOnce || isNew(owner(partition)))
  }

  return Effect.fnUntraced(function* (isNew: (server: string) => boolean) {
    const lines = store.primaries().map((primary) => ({ primary, lost: primary.lost() }))
    const asked = chosen(isNew).map((partition) => ({ partition, server: owner(partition) }))
    const [servers, partitions] = yield* Effect.all(
      [
        Effect.forEach(lines, ({ primary }) => inTime("INFO", factsFrom(store)(primary)), { concurrency: "unbounded" }),
        Effect.forEach(asked, ({ partition }) => inTime(watchPartitionScript.name, write(partition)), {
          concurrency: partitionsAtOnce
        })
      ],
      { concurrency: "unbounded" }
    )

    const seenServers: Array<ServerFacts> = []
    const unseen: Array<Unseen> = []
    for (const [at, result] of servers.entries()) {
      const server = lines[at]?.primary.name ?? "the store"
      if (Result.isSuccess(result)) seenServers.push(result.success)
      else unseen.push({ server, error: result.failure })
    }
    const without: Array<PartitionFacts> = []
    const failures: Array<{ readonly server: string; readonly partition: number; readonly error: InfraError }> = []
    for (const [at, result] of partitions.entries()) {
      const { partition, server } = asked[at] ?? { partition: 0, server: "the store" }
      if (Result.isSuccess(result)) known.set(partition, result.success)
      else {
        known.delete(partition)
        if (result.failure.code === "store_unstamped") without.push(unstamped(partition, server))
        else failures.push({ server, partition, error: result.failure })
      }
    }
    for (const group of Map.groupBy(failures, ({ server, error }) => `${server} ${error.code}`).values()) {
      const [first] = group
      if (first === undefined) continue
      unseen.push({ server: first.server, partitions: group.map(({ partition }) => partition), error: first.error })
    }
    for (const one of yield* readLater(store, count, [...known.values()])) known.set(one.partition, one)
    const facts: StoreFacts = {
      servers: seenServers,
      replicas: [],
      partitions: [...factsOfPartitions(store, count, [...known.values()]), ...without],
      unseen
    }
    const missed = new Map(failures.map(({ partition, error }) => [partition, error.code]))
    const seen = lines.map(({ primary: { name: server }, lost }, at): SeenServer => {
      const answer = servers[at]
      return { server, lost, answered: answer !== undefined && Result.isSuccess(answer), missed }
    })
    return { facts, seen }
  })
}
