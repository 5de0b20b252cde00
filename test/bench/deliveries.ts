// @effect-diagnostics globalDate:off
import { cpus } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Redis } from "ioredis"
import { writeBench } from "./bench-report.ts"
import { pinned, spentBy, stop } from "./processes.ts"
import { median } from "./median.ts"
import { appSecret, placeOf } from "./place.ts"
import { writeRequests } from "./requests.ts"
import { onStage } from "./round.ts"
import { consumerGroup, type Contestant, gateway } from "./servers.ts"

// Events per second from their admission to their acknowledgement, beside a hand-written loop with the same duty.

const { values } = parseArgs({
  options: {
    appendfsync: { type: "string", default: "everysec" },
    connections: { type: "string", default: "64" },
    events: { type: "string", default: "12000" },
    json: { type: "string" },
    people: { type: "string", default: "2000" },
    rounds: { type: "string", default: "5" }
  }
})

const { folder, secrets } = placeOf("deliveries", {
  "runtime/signing": `whsec_${Buffer.alloc(32, 7).toString("base64")}`
})

const events = Number(values.events)
/** Of each round, before its measured events. */
const warm = Math.ceil(events / 4)
const requests = join(folder, "requests")
const size = writeRequests(requests, appSecret, warm + events, Number(values.people))

interface Heard {
  readonly startedAt: number
  readonly repeats: number
  readonly forged: number
  readonly refused: number
}

const script = fileURLToPath(new URL("delivery-load.ts", import.meta.url))

/** The runtime and the load in one process: where it listens, and a round of so many requests. */
const startLoad = async () => {
  const place = [requests, String(size), values.connections, join(secrets, "runtime/signing")]
  const child = pinned(1, [process.execPath, script, ...place], "pipe", "pipe")
  child.stderr?.pipe(process.stderr)
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error("the load has no pipes")
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const line = async () => String((await lines.next()).value)
  const runtime = `http://127.0.0.1:${await line()}/events`
  const run = async (port: number, first: number, count: number): Promise<Heard> => {
    stdin.write(`${port} ${first} ${count}\n`)
    return JSON.parse(await line())
  }
  return { runtime, run, stop: () => stop(child) }
}

/** What has been admitted and is not acknowledged yet, whoever keeps it. */
const waiting = async (redis: Redis) => {
  const todo = await redis.keys("*:todo:runtime")
  const sizes = await Promise.all(todo.map((key) => redis.zcard(key)))
  const groups = await redis.call("XPENDING", "events", "push").catch(() => [0])
  return sizes.reduce((sum, one) => sum + one, Array.isArray(groups) ? Number(groups[0]) : 0)
}

const drained = async (redis: Redis): Promise<number> => {
  if ((await waiting(redis)) === 0) return Date.now()
  await pause(2)
  return drained(redis)
}

interface Measured {
  readonly perSecond: number
  /** Microseconds of the server's processor an event. */
  readonly spent: number
}

const measure = async (contestant: Contestant): Promise<Measured> => {
  const load = await startLoad()
  const stage = { folder, secrets, appendfsync: values.appendfsync, runtime: load.runtime }
  const measured = await onStage(contestant, stage, async ({ port, redisUrl, pid }) => {
    const redis = new Redis(redisUrl)
    await load.run(port, 0, warm)
    await drained(redis)
    const before = spentBy(pid)
    const { startedAt, repeats, forged, refused } = await load.run(port, warm, events)
    const endedAt = await drained(redis)
    redis.disconnect()
    if (repeats + forged + refused > 0) {
      console.error(`${contestant.name}: ${repeats} repeated, ${forged} forged, ${refused} refused`)
      process.exitCode = 1
    }
    const spent = ((spentBy(pid) - before) * 1_000) / events
    return { perSecond: (events * 1_000) / (endedAt - startedAt), spent }
  })
  await load.stop()
  return measured
}

const rounds = new Map<Contestant, ReadonlyArray<Measured>>([
  [consumerGroup, []],
  [gateway, []]
])
for (let turn = 1; turn <= Number(values.rounds); turn++) {
  for (const [contestant, before] of rounds) {
    const one = await measure(contestant)
    rounds.set(contestant, [...before, one])
    console.error(
      `round ${turn}: ${contestant.name} ${one.perSecond.toFixed(0)}/s, ${one.spent.toFixed(0)} µs an event`
    )
  }
}

const speedOf = (contestant: Contestant) => median((rounds.get(contestant) ?? []).map(({ perSecond }) => perSecond))
const spentOf = (contestant: Contestant) => median((rounds.get(contestant) ?? []).map(({ spent }) => spent))

console.log(
  `events per second from admission to acknowledgement: one server on core 0; Redis, the load and the runtime on core 1 ` +
    `(${cpus()[0]?.model ?? "unknown processor"}), Node ${process.versions.node}, appendfsync ${values.appendfsync}, ` +
    `${values.rounds} rounds of ${events} events of ${values.people} conversations over ${values.connections} connections`
)
for (const [contestant, all] of rounds) {
  const each = all.map(({ perSecond }) => perSecond.toFixed(0)).join(" ")
  console.log(
    `${contestant.name.padEnd(20)} ${speedOf(contestant).toFixed(0).padStart(6)}/s  (${each}), ` +
      `${spentOf(contestant).toFixed(0)} µs of its processor an event`
  )
}
console.log(
  `${gateway.name} / ${consumerGroup.name}: ${(speedOf(gateway) / speedOf(consumerGroup)).toFixed(2)}; ` +
    `by processor time, which a busy machine distorts less: ${(spentOf(consumerGroup) / spentOf(gateway)).toFixed(2)}`
)
writeBench(
  values.json,
  "deliveries",
  values,
  [...rounds.keys()].flatMap((contestant) => [
    { contestant: contestant.name, measure: "events, median", unit: "1/s", value: speedOf(contestant) },
    { contestant: contestant.name, measure: "processor of an event, median", unit: "µs", value: spentOf(contestant) }
  ])
)
