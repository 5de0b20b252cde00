import * as Duration from "effect/Duration"
import type { StoreConfig } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { fullAt } from "../inbound/event-log/retention.ts"
import { formatBytes, memoryNeeded, volumeOf } from "./memory-model.ts"
import { failed, ok } from "./report.ts"
import type { ServerFacts } from "./store-facts.ts"

/** Time beyond a provider's last redelivery, for differences of clocks and for the redelivery itself (G9). */
const margin = Duration.hours(1)

/** Time during which the provider of a connector redelivers a webhook. */
export interface Horizon {
  readonly id: string
  readonly retryHorizon: Duration.Duration
}

/** Checks that dedupe marks outlive every redelivery (G9). */
export const retentionCheck = (store: StoreConfig, connectors: ReadonlyArray<Horizon>): BootCheck => {
  const { dedupe } = store.retention
  const short = connectors.find(({ retryHorizon }) => Duration.isLessThan(dedupe, Duration.sum(retryHorizon, margin)))
  if (short === undefined) return ok("store.retention")
  return failed(
    "store.retention",
    "unmet",
    `events are remembered for ${Duration.format(dedupe)}, and ${short.id} redelivers for ${Duration.format(short.retryHorizon)}`,
    "set store.retention.dedupe at least an hour above that"
  )
}

/** Returns the memory that so many messages a second in each direction need, with three statuses for each that is sent. */
const neededAt = (store: StoreConfig, rate: number): number =>
  memoryNeeded({
    volume: volumeOf(rate * 86_400),
    retention: store.retention,
    sealed: store.sealingKey !== undefined
  })

/**
 * Checks that the memory holds all that retention keeps, below the limit above which the store accepts nothing new (G6, G9). Fails
 * only when the operator declared a rate. Otherwise it reports the need of one message a second.
 */
export const memoryCheck = (servers: ReadonlyArray<ServerFacts>, store: StoreConfig): BootCheck => {
  const rate = store.rate ?? 1
  const needed = neededAt(store, rate)
  const limits = servers.map(({ maxMemory, hostMemory }) => (maxMemory === 0 ? hostMemory : maxMemory))
  const says = `${rate} received and ${rate} sent messages a second, with three statuses for each sent one, need about ${formatBytes(needed)}`
  if (limits.some((limit) => limit === undefined)) {
    return { ...ok("store.memory"), problem: `${says}; the store does not report its memory` }
  }
  const there = limits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0)
  const carries = `${formatBytes(there)} carry about ${carriedRate(store, there * fullAt).toPrecision(2)} a second`
  return store.rate === undefined || there * fullAt >= needed
    ? { ...ok("store.memory"), problem: `${says}; ${carries}` }
    : failed(
        "store.memory",
        "unmet",
        `${says}, and 85 % of the memory is ${formatBytes(there * fullAt)}`,
        "give the store more memory (comporta size prints how much), shorten store.retention, or set store.rate to what you expect"
      )
}

/** Returns the messages a second in each direction that so many bytes carry. */
const carriedRate = (store: StoreConfig, bytes: number): number => bytes / neededAt(store, 1)
