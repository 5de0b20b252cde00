import { cpus } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { appSecret, placeOf, wants } from "./place.ts"
import { writeRequests } from "./requests.ts"
import { type Round, round, type Setting } from "./round.ts"
import { baselines, type Contestant, gateway, sealed } from "./servers.ts"

const { values } = parseArgs({
  options: {
    appendfsync: { type: "string", default: "everysec" },
    baselines: { type: "boolean", default: false },
    connections: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "8" },
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
const warm = warmSeconds * mostPerSecond
const size = writeRequests(requests, appSecret, warm + seconds * mostPerSecond)
const connections = Number(values.connections)
const setting: Setting = {
  appendfsync: values.appendfsync,
  connections,
  folder,
  requests,
  seconds,
  secrets,
  size,
  warm,
  warmSeconds
}

const contestants: ReadonlyArray<Contestant> = values.baselines ? baselines : [...baselines, gateway, sealed]
const rounds = new Map<Contestant, ReadonlyArray<Round>>()
for (let turn = 1; turn <= Number(values.rounds); turn++) {
  for (const contestant of contestants) {
    const result = await round(contestant, setting)
    rounds.set(contestant, [...(rounds.get(contestant) ?? []), result])
    console.error(`round ${turn}: ${contestant.name} ${result.perSecond.toFixed(0)}/s`)
  }
}

const median = (numbers: ReadonlyArray<number>) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((total, number) => total + number, 0)
const speed = (contestant: Contestant) => median((rounds.get(contestant) ?? []).map((result) => result.perSecond))

const spent = (contestant: Contestant) => median((rounds.get(contestant) ?? []).map((result) => result.microseconds))

const promise = values.appendfsync === "always" ? "host" : "process"
console.log(
  `webhooks per second: one server on core 0, Redis and wrk on core 1 (${cpus()[0]?.model ?? "unknown processor"}), ` +
    `Node ${process.versions.node}, appendonly yes, appendfsync ${values.appendfsync} (durability: ${promise}), ` +
    `${connections} connections, ${values.rounds} rounds of ${seconds} s, requests of ${size} bytes`
)
for (const [contestant, results] of rounds) {
  const each = results.map((result) => result.perSecond.toFixed(0)).join(" ")
  const repeated = results.some((result) => result.repeated) ? ", ids were repeated" : ""
  console.log(
    `${contestant.name.padEnd(20)} ${speed(contestant).toFixed(0).padStart(6)}/s  (${each}), ` +
      `p99 ${median(results.map((result) => result.p99)).toFixed(1)} ms, ` +
      `${spent(contestant).toFixed(0)} µs of its processor a webhook, ` +
      `${sum(results.map((result) => result.bad))} not 200, ` +
      `${sum(results.map((result) => result.stored))} events stored${repeated}`
  )
}
const ratio = (one: Contestant, other: Contestant) =>
  console.log(
    `${one.name} / ${other.name}: ${(speed(one) / speed(other)).toFixed(2)}, ` +
      `by processor time, which a busy machine distorts less: ${(spent(other) / spent(one)).toFixed(2)}`
  )
for (const contestant of values.baselines ? [] : baselines) ratio(gateway, contestant)
if (!values.baselines) ratio(sealed, gateway)
for (const [contestant, results] of rounds) {
  if (results.every((result) => result.stored >= result.answered && result.bad === 0)) continue
  console.error(`${contestant.name} answered other than 200 or stored fewer events than it answered`)
  process.exitCode = 1
}
