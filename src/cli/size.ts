import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { ProgramParts } from "../app/layer-factories.ts"
import { type LoadPlan, loadOf, peakFactor } from "../boot/load-model.ts"
import {
  bytesPerDay,
  type DailyVolume,
  formatBytes,
  type MemoryPlan,
  type MemoryShare,
  memoryShares,
  volumeOf
} from "../boot/memory-model.ts"
import { retentionDefaults } from "../config/store-schema.ts"
import { easesAt, fullAt } from "../inbound/event-log/retention.ts"
import { readFile, refusal } from "./common.ts"

/** Messages a day above which a number is a mistake. */
const mostPerDay = 1_000_000_000_000
const isVolume = (count: number) => count >= 0 && count <= mostPerDay

const perDay = (name: string, what: string) =>
  Flag.Int(`${name}-per-day`).pipe(
    Flag.filter(isVolume, (count) => `a whole number from 0 to ${mostPerDay}, not ${count}`),
    Flag.optional,
    Flag.withDescription(what)
  )

const flags = {
  messagesPerDay: Flag.Int("messages-per-day").pipe(
    Flag.filter(
      (count) => count > 0 && isVolume(count),
      (count) => `a whole number from 1 to ${mostPerDay}, not ${count}`
    ),
    Flag.withDescription("messages received a day, and as many sent; each sent one has three statuses")
  ),
  received: perDay("received", "messages received a day, if they are not as many"),
  sent: perDay("sent", "messages sent a day, if they are not as many"),
  statuses: perDay("statuses", "statuses a day; three times the sent messages unless given"),
  echoes: perDay("echoes", "messages a day that other programs send from the same accounts; none unless given"),
  deadLetters: perDay("dead-letters", "events a day that become dead letters; one of 1,000 unless given"),
  config: Flag.String("config").pipe(
    Flag.withAlias("c"),
    Flag.optional,
    Flag.withDescription("a configuration file, whose retention and sealing apply; the defaults unless given")
  ),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("print the result as one line of JSON"))
}

type Given = { readonly [Name in keyof DailyVolume]: Option.Option<number> }

const names = ["received", "sent", "statuses", "echoes", "deadLetters"] as const

/** Returns the numbers that the command line has. */
const givenIn = (flags: Given): Partial<DailyVolume> =>
  Object.fromEntries(names.flatMap((name) => Option.toArray(Option.map(flags[name], (count) => [name, count]))))

interface Size {
  readonly volume: DailyVolume
  readonly memory: ReadonlyArray<MemoryShare>
  readonly total: number
  /** Bytes of `maxmemory`: the least, and so many that delivered events stay for their whole retention. */
  readonly maxmemory: { readonly least: number; readonly advised: number }
  readonly load: LoadPlan
  readonly perDay: ReturnType<typeof bytesPerDay>
}

const sizeOf = (plan: MemoryPlan): Size => {
  const memory = memoryShares(plan)
  const total = memory.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    volume: plan.volume,
    memory,
    total,
    maxmemory: { least: Math.ceil(total / fullAt), advised: Math.ceil(total / easesAt) },
    load: loadOf(plan.volume),
    perDay: bytesPerDay(plan)
  }
}

const whole = (count: number) => Math.ceil(count).toLocaleString("en-US")
const decimal = (count: number) => count.toLocaleString("en-US", { maximumFractionDigits: count < 10 ? 2 : 0 })

/** Returns rows as lines of equal columns; all but the first column are aligned to the right. */
const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const width = (at: number) => Math.max(...rows.map((row) => (row[at] ?? "").length))
  const cell = (text: string, at: number) => (at === 0 ? text.padEnd(width(at)) : text.padStart(width(at)))
  return rows.map((row) => `  ${row.map(cell).join("   ")}`.trimEnd())
}

const linesOf = ({ volume, memory, total, maxmemory, load, perDay: costs }: Size): ReadonlyArray<string> => [
  `a day: ${whole(volume.received)} messages received, ${whole(volume.sent)} sent, ${whole(volume.statuses)} statuses, ` +
    `${whole(volume.echoes)} echoes, ${whole(volume.deadLetters)} dead letters`,
  "",
  "memory of the store",
  ...table([
    ["", "a day", "days", "bytes each", "memory"],
    ...memory.map(({ kind, perDay: count, days, bytesEach, bytes }) => [
      kind,
      whole(count),
      decimal(days),
      decimal(bytesEach),
      formatBytes(bytes)
    ]),
    ["in all", "", "", "", formatBytes(total)]
  ]),
  "",
  `maxmemory: at least ${formatBytes(maxmemory.least)}, of which the above is 85 %: with more in use the store accepts nothing new`,
  `           ${formatBytes(maxmemory.advised)} keeps delivered events for their whole retention: above 70 % they go earlier`,
  "",
  "one day more of a retention costs",
  ...table(Object.entries(costs).map(([setting, bytes]) => [`store.retention.${setting}`, formatBytes(bytes)])),
  "",
  `replicas: ${load.replicas}, one of which may be down, for a peak of ${decimal(load.eventsPerSecond)} events and ` +
    `${decimal(load.sendsPerSecond)} sends a second (${peakFactor} times the mean)`,
  `connections: ${load.connections.store} to each primary of the store, ${load.connections.provider} to the provider, ` +
    `${load.connections.runtime} to the runtime`
]

/** Returns retention and sealing: those of the configuration file, or the defaults of `staging`. */
const storeOf = Effect.fnUntraced(function* (config: Option.Option<string>) {
  if (Option.isNone(config)) return { retention: retentionDefaults, sealed: true }
  const { store } = (yield* readFile(config.value)).config
  return { retention: store.retention, sealed: store.sealingKey !== undefined }
})

/** `comporta size`: prints the memory, replicas and connections that a number of messages a day needs. Connects to nothing. */
export const size = (parts: ProgramParts) =>
  Command.make("size", flags).pipe(
    Command.withDescription("Print the memory, replicas and connections that a number of messages a day needs"),
    Command.withHandler(({ messagesPerDay, config, json, ...given }) =>
      Effect.gen(function* () {
        const store = yield* storeOf(config)
        const found = sizeOf({ volume: volumeOf(messagesPerDay, givenIn(given)), ...store })
        yield* Console.log(json ? JSON.stringify(found) : linesOf(found).join("\n"))
      }).pipe(Effect.catchTag("BootRefused", refusal(parts.terminal && !json)), Effect.provide(parts.log(false)))
    )
  )
