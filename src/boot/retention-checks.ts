import * as Duration from "effect/Duration"
import type { StoreConfig } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { fullAt } from "../inbound/event-log/retention.ts"
import { failed, ok } from "./report.ts"
import type { ServerFacts } from "./store-look.ts"

/** Beyond a provider's last redelivery: clocks, and the time that one redelivery takes (G9). */
const margin = Duration.hours(1)

export interface Horizon {
  readonly id: string
  readonly retryHorizon: Duration.Duration
}

/** Dedupe marks must outlive every redelivery (G9). */
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

/** Bytes that one of each takes in the store, roughly: measured, and rounded up. */
const bytes = { mark: 40, delivered: 1_500, intent: 1_500, tombstone: 200, deadLetter: 2_000 }
/** Of all events, those that are expected to end as dead letters. */
const deadShare = 0.001

/** Bytes that the retention needs at a rate of events and of intents a second, each. */
export const memoryNeeded = (store: StoreConfig, rate: number): number => {
  const { dedupe, delivered, deadLetters, intents, tombstones } = store.retention
  const held = (duration: Duration.Duration, each: number) => Duration.toSeconds(duration) * rate * each
  // A generation of marks is as wide as their retention, and two are alive (G10).
  return (
    2 * held(dedupe, bytes.mark) +
    held(delivered, bytes.delivered) +
    held(deadLetters, bytes.deadLetter * deadShare) +
    held(intents, bytes.intent) +
    held(tombstones, bytes.tombstone)
  )
}

/** Returns the events, and intents, a second that a store of so many bytes carries before it shuts. */
const rateOf = (store: StoreConfig, there: number): number => (there * fullAt) / memoryNeeded(store, 1)

const gibibytes = (count: number) => `${(count / 2 ** 30).toFixed(1)} GiB`

/**
 * Memory for all that retention keeps, below the mark at which a store takes nothing more in (G6, G9). Refuses only where
 * the operator has declared a rate; else it says what one a second needs.
 */
export const memoryCheck = (servers: ReadonlyArray<ServerFacts>, store: StoreConfig): BootCheck => {
  const rate = store.rate ?? 1
  const needed = memoryNeeded(store, rate)
  const limits = servers.map(({ maxMemory, hostMemory }) => (maxMemory === 0 ? hostMemory : maxMemory))
  const says = `${rate} events and ${rate} intents a second need about ${gibibytes(needed)}`
  if (limits.some((limit) => limit === undefined)) {
    return { ...ok("store.memory"), problem: `${says}; the store does not say what it has` }
  }
  const there = limits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0)
  const carries = `${gibibytes(there)} carry about ${rateOf(store, there).toPrecision(2)} a second`
  return store.rate === undefined || there * fullAt >= needed
    ? { ...ok("store.memory"), problem: `${says}; ${carries}` }
    : failed(
        "store.memory",
        `${says}, and 85 % of what is there are ${gibibytes(there * fullAt)}`,
        "give the store more memory, shorten store.retention, or set store.rate to what you expect"
      )
}
