import * as Duration from "effect/Duration"
import type { RetentionConfig } from "../config/config.ts"
import { retention as eventRetention } from "../inbound/event-log/retention.ts"

/**
 * Bytes of the store's memory that one of each thing takes: its key, its entries in lists and the allocator's part included.
 * Each is named by the bench that measured it (`docs/guide/sizing.md`).
 */
export const storedBytes = {
  /** `npm run bench -- marks` */
  mark: 25,
  /** `npm run bench -- events-memory`: a text of 60 characters in the log. */
  message: { sealed: 905, plain: 690 },
  /** `npm run bench -- events-memory`: a status of a sent message in the log. */
  status: { sealed: 1_375, plain: 1_035 },
  /** `npm run bench -- events-memory`: a text in the hash of the dead letters. */
  deadLetter: { sealed: 1_130, plain: 1_000 },
  /** `npm run bench -- intents-memory`: in flight or settled, before it is archived. */
  openIntent: 2_335,
  /** `npm run bench -- intents-memory`: archived, without its tombstone. */
  archivedIntent: 290,
  /** `npm run bench -- intents-memory` */
  tombstone: 25,
  /** `npm run bench -- intents-memory`: the index from a provider's message id to the intent. */
  receipt: 190
} as const

/** Longest life of a dedupe mark as a multiple of its retention: a generation of marks expires as a whole (G10). */
const markLife = 2
/** Bytes of memory for each byte of a record in a stream. */
const streamOverhead = 1.15
/** Days for which an intent stays open after its last change, before it is archived. */
const openDays = 1 / 24
/** Days for which the receipt of an intent is indexed. */
const receiptDays = 9
/** Expected share of events that become dead letters. */
const deadShare = 0.001
/** Statuses that a provider reports for one message: sent, delivered, read. */
const statusesEach = 3

/** Numbers of things that a deployment handles in a day. */
export interface DailyVolume {
  readonly received: number
  readonly sent: number
  readonly statuses: number
  /** Messages that other programs send from the same accounts, and the provider reports. */
  readonly echoes: number
  readonly deadLetters: number
}

/** Events of a day: everything that a webhook brings. */
export const dailyEvents = ({ received, statuses, echoes }: Omit<DailyVolume, "sent" | "deadLetters">): number =>
  received + statuses + echoes

/**
 * Returns the volume of a day with so many messages in each direction: one received, one sent and three statuses for each. A
 * given number replaces the one that follows from them.
 */
export const volumeOf = (messages: number, given: Partial<DailyVolume> = {}): DailyVolume => {
  const { received = messages, sent = messages, echoes = 0 } = given
  const { statuses = statusesEach * sent } = given
  const { deadLetters = deadShare * dailyEvents({ received, statuses, echoes }) } = given
  return { received, sent, statuses, echoes, deadLetters }
}

export interface MemoryPlan {
  readonly volume: DailyVolume
  readonly retention: RetentionConfig
  /** True when content is sealed in the store. */
  readonly sealed: boolean
}

/** Memory of one kind of thing, in the long run. */
export interface MemoryShare {
  readonly kind: string
  readonly bytesEach: number
  readonly perDay: number
  /** Days for which one is kept. Fewer than the retention says where a limit in bytes deletes it earlier. */
  readonly days: number
  readonly bytes: number
  /** The setting of `store.retention` that decides how long it is kept; absent where none does. */
  readonly setting?: keyof RetentionConfig
}

const share = (
  kind: string,
  bytesEach: number,
  perDay: number,
  days: number,
  setting?: keyof RetentionConfig
): MemoryShare => ({
  kind,
  bytesEach,
  perDay,
  days,
  bytes: bytesEach * perDay * days,
  ...(setting === undefined ? {} : { setting })
})

/** Returns the days of the newest events that fit into so many bytes. */
const daysWithin = (
  bytes: number,
  kinds: ReadonlyArray<{ readonly perDay: number; readonly days: number }>
): number => {
  const sum = kinds.reduce((all, { perDay }) => all + perDay, 0)
  const shortest = Math.min(...kinds.map(({ days }) => days))
  if (bytes <= sum * shortest) return bytes / sum
  const lasting = kinds.filter(({ days }) => days > shortest)
  return lasting.length === 0
    ? shortest
    : shortest +
        daysWithin(
          bytes - sum * shortest,
          lasting.map(({ perDay, days }) => ({ perDay, days: days - shortest }))
        )
}

/** Returns the memory that a deployment needs in the long run, by kind. */
export const memoryShares = ({ volume, retention, sealed }: MemoryPlan): ReadonlyArray<MemoryShare> => {
  const form = sealed ? "sealed" : "plain"
  const { dedupe, delivered, statuses, deadLetters, intents, tombstones } = retention
  const messages = volume.received + volume.echoes
  const [messageBytes, statusBytes] = [storedBytes.message[form], storedBytes.status[form]]
  const messageDays = Duration.toDays(delivered)
  const statusDays = Math.min(Duration.toDays(statuses), messageDays)
  // The log keeps at most so many bytes of delivered events, for any retention. The oldest go first.
  const keptDays = daysWithin(eventRetention.deliveredBytes * streamOverhead, [
    { perDay: messages * messageBytes, days: messageDays },
    { perDay: volume.statuses * statusBytes, days: statusDays }
  ])
  return [
    share("dedupe marks", storedBytes.mark, dailyEvents(volume), markLife * Duration.toDays(dedupe), "dedupe"),
    share("delivered messages", messageBytes, messages, Math.min(messageDays, keptDays), "delivered"),
    share("delivered statuses", statusBytes, volume.statuses, Math.min(statusDays, keptDays), "statuses"),
    share(
      "dead letters",
      storedBytes.deadLetter[form],
      volume.deadLetters,
      Duration.toDays(deadLetters),
      "deadLetters"
    ),
    share("open intents", storedBytes.openIntent, volume.sent, openDays),
    share("archived intents", storedBytes.archivedIntent, volume.sent, Duration.toDays(intents), "intents"),
    share("tombstones", storedBytes.tombstone, volume.sent, Duration.toDays(tombstones), "tombstones"),
    share("receipts", storedBytes.receipt, volume.sent, receiptDays)
  ]
}

/** Returns the bytes of all kinds together. */
export const memoryNeeded = (plan: MemoryPlan): number => memoryShares(plan).reduce((sum, { bytes }) => sum + bytes, 0)

/** Returns the bytes that one more day of each setting of `store.retention` costs. */
export const bytesPerDay = (plan: MemoryPlan): Readonly<Record<keyof RetentionConfig, number>> => {
  const cost = { dedupe: 0, delivered: 0, statuses: 0, deadLetters: 0, intents: 0, tombstones: 0 }
  for (const { setting, bytesEach, perDay } of memoryShares(plan)) {
    if (setting !== undefined) cost[setting] += bytesEach * perDay * (setting === "dedupe" ? markLife : 1)
  }
  return cost
}

/** Writes bytes as an operator reads them. */
export const formatBytes = (count: number): string => {
  const [unit, size] = count >= 2 ** 30 ? ["GiB", 2 ** 30] : count >= 2 ** 20 ? ["MiB", 2 ** 20] : ["KiB", 2 ** 10]
  const amount = count / Number(size)
  return `${amount >= 100 ? amount.toFixed(0) : amount.toFixed(1)} ${unit}`
}
