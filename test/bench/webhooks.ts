import { cpus } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { writeBench } from "./bench-report.ts"
import { median } from "./median.ts"
import { appSecret, placeOf, wants } from "./place.ts"
import { writeRequests } from "./requests.ts"
import { onStage, type Setting, type Slice, slice, storedIn } from "./round.ts"
import { baselines, type Contestant, gateway, sealed } from "./servers.ts"
import { type Entrant, line, ratio } from "./standings.ts"

const { values } = parseArgs({
  options: {
    appendfsync: { type: "string", default: "everysec" },
    baselines: { type: "boolean", default: false },
    /** How many webhooks the provider has under way at once. With few, a server waits for its store and they for it. */
    connections: { type: "string", default: "64,256" },
    json: { type: "string" },
    rounds: { type: "string", default: "6" },
    /** Of one slice of load; the contestants take turns at it, so that what else the machine does meets all of them. */
    seconds: { type: "string", default: "2" },
    /** Until what runs long is compiled: a gateway that has run for days has it behind it, and has more of it than a baseline. */
    warm: { type: "string", default: "8" }
  }
})

wants({ wrk: "wrk", taskset: "util-linux", "redis-server": "redis-server" })
const { folder, secrets } = placeOf("bench", { "store/sealing-key": Buffer.alloc(32, 1).toString("base64") })

/** More than any of the servers answers on one processor; a run that needs more repeats ids and says so. */
const mostPerSecond = 30_000
const requests = join(folder, "requests")
const warmSeconds = Number(values.warm)
const seconds = Number(values.seconds)
const turns = Number(values.rounds)
const levels = values.connections.split(",").map(Number)
const warm = warmSeconds * mostPerSecond
const size = writeRequests(requests, appSecret, warm + turns * levels.length * seconds * mostPerSecond)
const stage = { appendfsync: values.appendfsync, folder, secrets }
const under = (connections: number): Setting => ({ ...stage, connections, requests, size })

const run = async (entrants: ReadonlyArray<Entrant>) => {
  const most = Math.max(...levels)
  for (const entrant of entrants) entrant.warming = (await slice(entrant.server, under(most), warmSeconds, 0)).answered
  let first = warm
  for (let turn = 0; turn < turns; turn++) {
    for (const connections of levels) {
      for (const { contestant, server, slices } of entrants) {
        const result = await slice(server, under(connections), seconds, first)
        slices.push({ connections, ...result })
        console.error(
          `round ${turn + 1}, ${connections} connections: ${contestant.name} ${result.perSecond.toFixed(0)}/s`
        )
      }
      first += seconds * mostPerSecond
    }
  }
  for (const entrant of entrants) entrant.stored = await storedIn(entrant.server.redisUrl)
  return entrants
}

/** All at once, each with a store of its own; those whose turn it is not have nothing to do. */
const staged = (
  [next, ...rest]: ReadonlyArray<Contestant>,
  before: ReadonlyArray<Entrant> = []
): ReturnType<typeof run> =>
  next === undefined
    ? run(before)
    : onStage(next, stage, (server) =>
        staged(rest, [...before, { contestant: next, server, slices: [], warming: 0, stored: 0 }])
      )

const entrants = await staged(values.baselines ? baselines : [...baselines, gateway, sealed])
const of = (wanted: Contestant) => entrants.filter(({ contestant }) => contestant === wanted)
/** The gateway beside each baseline, and sealed beside unsealed. */
const compared = of(gateway).flatMap((unsealed) => [
  ...baselines.flatMap(of).map((baseline) => [unsealed, baseline] as const),
  ...of(sealed).map((one) => [one, unsealed] as const)
])

const promise = values.appendfsync === "always" ? "host" : "process"
console.log(
  `webhooks per second: one server on core 0, Redis and wrk on core 1 (${cpus()[0]?.model ?? "unknown processor"}), ` +
    `Node ${process.versions.node}, appendonly yes, appendfsync ${values.appendfsync} (durability: ${promise}), ` +
    `${values.rounds} rounds of ${seconds} s, requests of ${size} bytes`
)
for (const connections of levels) {
  console.log(`\n${connections} connections`)
  for (const entrant of entrants) console.log(line(entrant, connections))
  for (const [one, other] of compared) console.log(ratio(one, other, connections))
}
for (const { contestant, slices, stored, warming } of entrants) {
  const answered = slices.reduce((sum, one) => sum + one.answered, warming)
  if (stored >= answered && slices.every(({ bad }) => bad === 0)) continue
  console.error(`${contestant.name} answered other than 200 or stored fewer events than it answered`)
  process.exitCode = 1
}
writeBench(
  values.json,
  "webhooks",
  values,
  levels.flatMap((connections) =>
    entrants.flatMap(({ contestant: { name }, slices }) => {
      const own = slices.filter((one) => one.connections === connections)
      const of = (measure: string, unit: string, value: (slice: Slice) => number) => ({
        contestant: name,
        measure: `${measure}, ${connections} connections, median`,
        unit,
        value: median(own.map(value))
      })
      return [
        of("webhooks", "1/s", ({ perSecond }) => perSecond),
        of("p99", "ms", ({ p99 }) => p99),
        of("processor of a webhook", "µs", ({ microseconds }) => microseconds)
      ]
    })
  )
)
