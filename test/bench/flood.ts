import { cpus } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { attacks, besieged, holds, line, type Paced } from "./besieged.ts"
import { writeBench } from "./bench-report.ts"
import { ended, pinned, spentBy } from "./processes.ts"
import { appSecret, placeOf, wants } from "./place.ts"
import { writeRequests } from "./requests.ts"
import { load, onStage, type Setting } from "./round.ts"
import { built, gateway, oneHelperThread } from "./servers.ts"

// Valid webhooks beside as many unsigned ones: at a pace that the server carries with room, and as fast as it answers. Then
// beside each other attack in turn, at a pace.

const { values } = parseArgs({
  options: {
    attacks: { type: "string", default: attacks.join() },
    appendfsync: { type: "string", default: "everysec" },
    connections: { type: "string", default: "32" },
    json: { type: "string" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    share: { type: "string", default: "0.5" },
    warm: { type: "string", default: "3" }
  }
})

wants({ wrk: "wrk" })
const { folder, secrets } = placeOf("flood")

const seconds = Number(values.seconds)
const warmSeconds = Number(values.warm)
const mostPerSecond = 25_000
const most = seconds * mostPerSecond
const [valid, unsigned] = [join(folder, "valid"), join(folder, "unsigned")]
const size = writeRequests(valid, appSecret, warmSeconds * mostPerSecond + 4 * most)
/** Of the right form, signed with another secret. Their ids may come again: nobody reads them. */
writeRequests(unsigned, "another-app-secret-0123456789abcde", 50_000)

const setting = (requests: string): Setting => ({
  appendfsync: values.appendfsync,
  connections: Number(values.connections),
  folder,
  requests,
  secrets,
  size
})

const root = fileURLToPath(new URL("../..", import.meta.url))
const script = fileURLToPath(new URL("paced.ts", import.meta.url))
/** Enough that an answer which takes its time holds up no other. */
const pacedConnections = 256

const paced = async (file: string, first: number, port: number, rate: number, forSeconds: number): Promise<Paced> => {
  const numbers = [size, first, port, rate, forSeconds, pacedConnections].map(String)
  const { code, output } = await ended(pinned(1, [process.execPath, script, file, ...numbers], "pipe"))
  if (code !== 0) throw new Error(`the load failed: ${output}`)
  const counted: Paced = JSON.parse(output)
  return counted
}

/** The flood begins before what is measured beside it, and ends after it. */
const longer = 1

interface Measured {
  readonly capacity: number
  readonly closed: number
  readonly closedFlood: number
  readonly costs: { readonly valid: number; readonly unsigned: number }
  readonly rate: number
  readonly alone: Paced
  readonly beside: Paced
  readonly flood: Paced
}

const measure = (turn: number): Promise<Measured> =>
  onStage(gateway, setting(valid), async ({ port, pid }) => {
    let first = 0
    const next = (count: number) => {
      const from = first
      first += count
      return from
    }
    const costly = async (run: () => ReturnType<typeof load>) => {
      const before = spentBy(pid)
      const counted = await run()
      return { ...counted, cost: ((spentBy(pid) - before) * 1_000) / counted.requests }
    }
    await load(setting(valid), port, warmSeconds, next(warmSeconds * mostPerSecond))
    const only = await costly(() => load(setting(valid), port, seconds, next(most)))
    const refused = await costly(() => load(setting(unsigned), port, Math.ceil(seconds / 2), 0))
    const [mixed, mixedFlood] = await Promise.all([
      load(setting(valid), port, seconds, next(most)),
      load(setting(unsigned), port, seconds, 0)
    ])
    if (only.refused + mixed.refused > 0 || refused.refused < refused.requests) {
      throw new Error("a valid webhook was not answered 200, or an unsigned one was")
    }
    const capacity = only.requests / only.seconds
    const rate = Math.floor(capacity * Number(values.share))
    const runs = {
      alone: () => paced(valid, next(most), port, rate, seconds),
      both: () =>
        Promise.all([paced(valid, next(most), port, rate, seconds), paced(unsigned, 0, port, rate, seconds + longer)])
    }
    const before = turn % 2 === 0 ? await runs.both() : undefined
    const alone = await runs.alone()
    const [beside, flood] = before ?? (await runs.both())
    return {
      capacity,
      closed: mixed.requests / mixed.seconds,
      closedFlood: mixedFlood.requests / mixedFlood.seconds,
      costs: { valid: only.cost, unsigned: refused.cost },
      rate,
      alone,
      beside,
      flood
    }
  })

const perSecond = (run: Paced, status: string, forSeconds = seconds) => (run.answers[status] ?? 0) / forSeconds
const others = (run: Paced, status: string) =>
  run.broken + Object.entries(run.answers).reduce((sum, [one, count]) => sum + (one === status ? 0 : count), 0)
const ratioOf = ({ alone, beside }: Measured) => perSecond(beside, "200") / perSecond(alone, "200")

const rounds: Array<Measured> = []
for (let turn = 1; turn <= Number(values.rounds); turn++) {
  const one = await measure(turn)
  rounds.push(one)
  console.error(`round ${turn}: ${ratioOf(one).toFixed(3)} of ${one.rate}/s`)
}

const median = (of: (one: Measured) => number) =>
  rounds.map(of).toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? Number.NaN
const medianOf = (of: (one: Measured) => number) => median(of).toFixed(0)
const ms = (of: (one: Measured) => number) => `${median(of).toFixed(1)} ms`
const bad = rounds.reduce(
  (sum, { alone, beside, flood }) => sum + others(alone, "200") + others(beside, "200") + others(flood, "401"),
  0
)

console.log(
  `valid webhooks beside an unsigned flood: the server on core 0, Redis and the load on core 1 ` +
    `(${cpus()[0]?.model ?? "unknown processor"}), Node ${process.versions.node}, appendfsync ${values.appendfsync}, ` +
    `medians of ${rounds.length} rounds of ${seconds} s, requests of ${size} bytes`
)
console.log(
  `at a pace: ${medianOf(({ rate }) => rate)} valid ones offered a second, ${values.share} of what it answers alone as fast as ` +
    `it can (${medianOf(({ capacity }) => capacity)}/s)\n` +
    `  alone                      ${medianOf(({ alone }) => perSecond(alone, "200"))}/s answered 200, p99 ${ms(({ alone }) => alone.p99)}\n` +
    `  beside as many unsigned    ${medianOf(({ beside }) => perSecond(beside, "200"))}/s answered 200, p99 ${ms(({ beside }) => beside.p99)}; ` +
    `unsigned ${medianOf(({ flood }) => perSecond(flood, "401", seconds + longer))}/s answered 401, p99 ${ms(({ flood }) => flood.p99)}\n` +
    `  answered otherwise, or cut ${bad}`
)
console.log(
  `in a closed loop: ${values.connections} connections with valid ones, then as many with unsigned ones beside them\n` +
    `  alone  ${medianOf(({ capacity }) => capacity)}/s; beside ${medianOf(({ closed }) => closed)}/s, and ${medianOf(({ closedFlood }) => closedFlood)}/s unsigned: ` +
    `${median(({ closed, capacity }) => closed / capacity).toFixed(2)}\n` +
    `  of the server's processor: ${medianOf(({ costs }) => costs.valid)} µs a valid one, ${medianOf(({ costs }) => costs.unsigned)} µs an unsigned one`
)
const least = Math.min(...rounds.map(ratioOf))
console.log(
  `valid traffic served beside an equal unsigned flood: ${median(ratioOf).toFixed(3)} of its rate, ${least.toFixed(3)} in the worst round (at least 0.8)`
)
if (rounds.length > 0 && (median(ratioOf) < 0.8 || bad > 0)) process.exitCode = 1

const wanted = attacks.filter((attack) => values.attacks.split(",").includes(attack))
const share = Number(values.share)

/** Each on a server of its own, so that none finds what the one before it has left. */
const siege = (attack: (typeof attacks)[number]) =>
  onStage(built, setting(valid), async (server) => {
    const { port } = server
    const warm = await load(setting(valid), port, warmSeconds, 0)
    const rate = Math.floor((warm.requests / warm.seconds) * share)
    let first = warmSeconds * mostPerSecond
    const next = () => {
      const from = first
      first += rate * seconds
      return paced(valid, from, port, rate, seconds)
    }
    return besieged(server, attack, { rate, seconds, paced: next })
  })

const missed: Array<string> = []
if (wanted.length > 0) {
  const { code, output } = await ended(pinned(1, [process.execPath, join(root, "scripts/build.ts")], "pipe"))
  if (code !== 0) throw new Error(`the build failed: ${output}`)
  console.log(
    `beside each other attack, which is as fast as it is answered: ${values.share} of what the server answers at first; ` +
      `the server runs with ${oneHelperThread}`
  )
}
for (const attack of wanted) {
  const one = await siege(attack)
  console.log(line(one))
  if (!holds(one)) missed.push(attack)
}
if (missed.length > 0) {
  console.log(`not at least 0.8 of the rate, silence under 100 ms and memory under 300 MiB: ${missed.join(", ")}`)
  process.exitCode = 1
}
writeBench(
  values.json,
  "flood",
  values,
  rounds.length === 0
    ? []
    : [
        {
          contestant: "comporta",
          measure: "rate beside an equal unsigned flood, median",
          unit: "1",
          value: median(ratioOf)
        },
        { contestant: "comporta", measure: "rate beside an equal unsigned flood, worst", unit: "1", value: least }
      ]
)
