import { cpus } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { appSecret, placeOf, wants } from "./place.ts"
import { writeRequests } from "./requests.ts"
import { type OnStage, onStage, type Setting, slice, type Slice, storedIn } from "./round.ts"
import { baselines, type Contestant, gateway, sealed } from "./servers.ts"

const { values } = parseArgs({
  options: {
    appendfsync: { type: "string", default: "everysec" },
    baselines: { type: "boolean", default: false },
    connections: { type: "string", default: "64" },
    rounds: { type: "string", default: "10" },
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
const warm = warmSeconds * mostPerSecond
const size = writeRequests(requests, appSecret, warm + turns * seconds * mostPerSecond)
const connections = Number(values.connections)
const setting: Setting = {
  appendfsync: values.appendfsync,
  connections,
  folder,
  requests,
  secrets,
  size
}

/** A contestant on stage, and what it has done in each round. */
interface Entrant {
  readonly contestant: Contestant
  readonly server: OnStage
  readonly slices: Array<Slice>
  stored: number
  answered: number
}

const run = async (entrants: ReadonlyArray<Entrant>) => {
  for (const entrant of entrants) entrant.answered += (await slice(entrant.server, setting, warmSeconds, 0)).answered
  for (let turn = 0; turn < turns; turn++) {
    for (const { contestant, server, slices } of entrants) {
      const result = await slice(server, setting, seconds, warm + turn * seconds * mostPerSecond)
      slices.push(result)
      console.error(`round ${turn + 1}: ${contestant.name} ${result.perSecond.toFixed(0)}/s`)
    }
  }
  for (const entrant of entrants) {
    for (const { answered } of entrant.slices) entrant.answered += answered
    entrant.stored = await storedIn(entrant.server.redisUrl)
  }
  return entrants
}

/** All at once, each with a store of its own; those whose turn it is not have nothing to do. */
const staged = (
  [next, ...rest]: ReadonlyArray<Contestant>,
  before: ReadonlyArray<Entrant> = []
): ReturnType<typeof run> =>
  next === undefined
    ? run(before)
    : onStage(next, setting, (server) =>
        staged(rest, [...before, { contestant: next, server, slices: [], stored: 0, answered: 0 }])
      )

const entrants = await staged(values.baselines ? baselines : [...baselines, gateway, sealed])

const median = (numbers: ReadonlyArray<number>) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((total, number) => total + number, 0)

const promise = values.appendfsync === "always" ? "host" : "process"
console.log(
  `webhooks per second: one server on core 0, Redis and wrk on core 1 (${cpus()[0]?.model ?? "unknown processor"}), ` +
    `Node ${process.versions.node}, appendonly yes, appendfsync ${values.appendfsync} (durability: ${promise}), ` +
    `${connections} connections, ${values.rounds} rounds of ${seconds} s, requests of ${size} bytes`
)
for (const { contestant, slices, stored } of entrants) {
  const each = slices.map(({ perSecond }) => perSecond.toFixed(0)).join(" ")
  const repeated = slices.some((one) => one.repeated) ? ", ids were repeated" : ""
  console.log(
    `${contestant.name.padEnd(20)} ${median(slices.map(({ perSecond }) => perSecond))
      .toFixed(0)
      .padStart(6)}/s  (${each}), ` +
      `p99 ${median(slices.map(({ p99 }) => p99)).toFixed(1)} ms, ` +
      `${median(slices.map(({ microseconds }) => microseconds)).toFixed(0)} µs of its processor a webhook, ` +
      `${sum(slices.map(({ bad }) => bad))} not 200, ${stored} events stored${repeated}`
  )
}

/** Of each round, and the middle of them: what stands beside each other was measured within seconds. */
const ratio = (one: Contestant, other: Contestant) => {
  const [ones, others] = [one, other].map((wanted) => entrants.find(({ contestant }) => contestant === wanted)?.slices)
  if (ones === undefined || others === undefined) return
  const paired = (of: (mine: Slice, its: Slice) => number) =>
    median(ones.flatMap((mine, turn) => (others[turn] === undefined ? [] : [of(mine, others[turn])]))).toFixed(2)
  console.log(
    `${one.name} / ${other.name}: ${paired((mine, its) => mine.perSecond / its.perSecond)}, ` +
      `by processor time, which a busy machine distorts less: ${paired((mine, its) => its.microseconds / mine.microseconds)}`
  )
}
for (const baseline of baselines) ratio(gateway, baseline)
ratio(sealed, gateway)
for (const { contestant, slices, stored, answered } of entrants) {
  if (stored >= answered && slices.every(({ bad }) => bad === 0)) continue
  console.error(`${contestant.name} answered other than 200 or stored fewer events than it answered`)
  process.exitCode = 1
}
