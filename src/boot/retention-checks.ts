import * as Duration from "effect/Duration"
import type { StoreConfig } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { fullAt } from "../inbound/event-log/retention.ts"
import { failed, ok } from "./report.ts"
import type { ServerFacts } from "./store-look.ts"

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
    `events are remembered for ${Duration.format(dedupe)}, and ${short.id} redelivers for ${Duration.format(short.retryHorizon)}`,
    "set store.retention.dedupe at least an hour above that"
  )
}

/** Approximate bytes of one of each in the store: measured, and rounded up. */
const bytes = { mark: 40, delivered: 1_500, intent: 1_500, tombstone: 200, deadLetter: 2_000 }
/** Expected share of events that become dead letters. */
const deadShare = 0.001

/** Returns the bytes that the retention needs at `rate` events and `rate` intents a second. */
export const memoryNeeded = (store: StoreConfig, rate: number): number => {
  const { dedupe, delivered, deadLetters, intents, tombstones } = store.retention
  const held = (duration: Duration.Duration, each: number) => Duration.toSeconds(duration) * rate * each
  // A generation of marks lasts as long as their retention, and two exist at a time (G10).
  return (
    2 * held(dedupe, bytes.mark) +
    held(delivered, bytes.delivered) +
    held(deadLetters, bytes.deadLetter * deadShare) +
    held(intents, bytes.intent) +
    held(tombstones, bytes.tombstone)
  )
}

/** Returns the events and intents a second that a store of so many bytes carries before it refuses writes. */
const rateOf = (store: StoreConfig, there: number): number => (there * fullAt) / memoryNeeded(store, 1)

const gibibytes = (count: number) => `${(count / 2 ** 30).toFixed(1)} GiB`

/**
 * Checks that the memory holds all that retention keeps, below the limit above which the store takes nothing in (G6, G9). Fails
 * only when the operator declared a rate. Otherwise it reports the need of one event and intent a second.
 */
export const memoryCheck = (servers: ReadonlyArray<ServerFacts>, store: StoreConfig): BootCheck => {
  const rate = store.rate ?? 1
  const needed = memoryNeeded(store, rate)
  const limits = servers.map(({ maxMemory, hostMemory }) => (maxMemory === 0 ? hostMemory : maxMemory))
  const says = `${rate} events and ${rate} intents a second need about ${gibibytes(needed)}`
  if (limits.some((limit) => limit === undefined)) {
    return { ...ok("store.memory"), problem: `${says}; the store does not report its memory` }
  }
  const there = limits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0)
  const carries = `${gibibytes(there)} carry about ${rateOf(store, there).toPrecision(2)} a second`
  return store.rate === undefined || there * fullAt >= needed
    ? { ...ok("store.memory"), problem: `${says}; ${carries}` }
    : failed(
        "store.memory",
        `${says}, and 85 % of the memory is ${gibibytes(there * fullAt)}`,
        "give the store more memory, shorten store.retention, or set store.rate to what you expect"
      )
}
