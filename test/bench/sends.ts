import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { stringify } from "yaml"
import { freePort } from "../support/free-port.ts"
import { writeBench } from "./bench-report.ts"
import { placeOf } from "./place.ts"
import { ended, listening, pinned, ready, stop } from "./processes.ts"

const { values } = parseArgs({
  options: {
    appendfsync: { type: "string", default: "everysec" },
    connections: { type: "string", default: "64" },
    json: { type: "string" },
    probes: { type: "string", default: "500" },
    rounds: { type: "string", default: "2" },
    seconds: { type: "string", default: "5" },
    warm: { type: "string", default: "2" }
  }
})

const here = fileURLToPath(new URL(".", import.meta.url))
const root = resolve(here, "../..")
const key = "bench-key-0123456789"
/** Each has a throughput of its own, so that none holds a contestant back. */
const accounts = 32
const numbers = Array.from({ length: accounts }, (_, n) => n)
const { folder, secrets } = placeOf("sends", { "api/bench": key })

interface Place {
  readonly port: number
  readonly redisUrl: string
  readonly providerUrl: string
}

const config = ({ port, redisUrl, providerUrl }: Place) => ({
  environment: "local",
  server: { host: "127.0.0.1", port },
  store: { url: redisUrl },
  secrets: { from: "files", directory: secrets },
  api: { keys: [{ id: "bench", secret: "api/bench", scopes: ["send"] }] },
  connectors: {
    whatsapp: {
      graph: { version: "v25.0", baseUrl: providerUrl },
      secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
      accounts: Object.fromEntries(
        numbers.map((n) => [
          `bench${n}`,
          {
            phoneNumberId: `20000000000${n}`,
            businessAccountId: "102290129340398",
            messagesPerSecond: 1_000,
            secrets: { accessToken: "whatsapp/bench" }
          }
        ])
      ),
      capabilities: ["text"]
    }
  }
})

const contestants = {
  comporta: (place: Place) => {
    const file = join(folder, "comporta.yaml")
    writeFileSync(file, stringify(config(place)))
    return [process.execPath, join(root, "bin/comporta.js"), "serve", "--config", file]
  },
  "SET NX + fetch": ({ port, redisUrl, providerUrl }: Place) => [
    process.execPath,
    join(here, "baseline-set-nx.ts"),
    String(port),
    redisUrl,
    providerUrl
  ]
}
type Name = keyof typeof contestants

interface Load {
  readonly requests: number
  readonly seconds: number
  readonly refused: number
  readonly broken: number
  readonly p99: number
}

const load = async (port: number, run: string, seconds: number): Promise<Load> => {
  const how = ["--threads", "1", "--connections", values.connections, "--duration", `${seconds}s`, "--timeout", "5s"]
  const what = ["--script", join(here, "send.lua"), `http://127.0.0.1:${port}`, "--", run, key, String(accounts)]
  const { code, output } = await ended(pinned(1, ["wrk", ...how, ...what], "pipe"))
  const report = output.trim().split("\n").at(-1) ?? ""
  if (code !== 0 || !report.startsWith("{")) throw new Error(`wrk failed: ${output}`)
  const counted: Load = JSON.parse(report)
  return counted
}

const ask = (url: string, body?: string, headers = {}) =>
  new Promise<string>((done, failed) => {
    const asked = request(url, { method: body === undefined ? "GET" : "POST", headers }, (response) => {
      let text = ""
      response.on("data", (chunk: Buffer) => (text += chunk.toString()))
      response.on("end", () => done(text))
    })
    asked.once("error", failed)
    asked.end(body)
  })

/** One at a time: from the moment of asking to the provider's first byte, in milliseconds. */
const probe = async ({ port, providerUrl }: Place): Promise<ReadonlyArray<number>> => {
  await ask(providerUrl)
  for (let n = 0; n < Number(values.probes); n++) {
    const at = (performance.timeOrigin + performance.now()).toFixed(3)
    const wish = {
      connector: "whatsapp",
      account: `bench${n % accounts}`,
      capability: "text",
      to: `+1666${1_000_000 + n}`
    }
    const headers = {
      authorization: `Bearer ${key}`,
      "idempotency-key": `probe-${n}`,
      "content-type": "application/json"
    }
    await ask(`http://127.0.0.1:${port}/v1/intents`, JSON.stringify({ ...wish, input: { body: `at ${at}` } }), headers)
  }
  const { waits }: { readonly waits: ReadonlyArray<number> } = JSON.parse(await ask(providerUrl))
  return waits.toSorted((a, b) => a - b)
}

const redis = async (log: number) => {
  const port = await freePort()
  const directory = mkdtempSync(join(folder, "redis-"))
  const durable = ["--appendonly", "yes", "--appendfsync", values.appendfsync, "--auto-aof-rewrite-percentage", "0"]
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""]
  const child = pinned(1, ["redis-server", ...options, ...durable, "--maxmemory-policy", "noeviction"], log)
  if (!(await listening(child, port))) throw new Error("redis-server does not start")
  return { child, url: `redis://127.0.0.1:${port}` }
}

interface Round {
  readonly perSecond: number
  /** Microseconds of processor that the server spent on each. */
  readonly work: number
  readonly bad: number
  readonly p99: number
  readonly overhead: ReadonlyArray<number>
}

/** Microseconds of processor that a process has used; Linux counts in hundredths of a second. */
const spent = (pid: number | undefined) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

/** One server alone on core 0; its store, its provider and its callers on core 1. */
const round = async (name: Name): Promise<Round> => {
  const logFile = join(folder, "server.log")
  const log = openSync(logFile, "w")
  const store = await redis(log)
  const providerPort = await freePort()
  const provider = pinned(1, [process.execPath, join(here, "zero-provider.ts"), String(providerPort)], log)
  const place = { port: await freePort(), redisUrl: store.url, providerUrl: `http://127.0.0.1:${providerPort}` }
  if (!(await listening(provider, providerPort))) throw new Error("the provider does not start")
  const server = pinned(0, contestants[name](place), log)
  try {
    if (!(await ready(server, place.port))) throw new Error(`${name} does not start: ${readFileSync(logFile)}`)
    await load(place.port, "warm", Number(values.warm))
    const before = spent(server.pid)
    const { requests, refused, broken, seconds, p99 } = await load(place.port, "run", Number(values.seconds))
    const work = (spent(server.pid) - before) / requests
    const perSecond = (requests - refused) / seconds
    return { perSecond, work, bad: refused + broken, p99, overhead: await probe(place) }
  } finally {
    for (const child of [server, provider, store.child]) await stop(child)
    closeSync(log)
  }
}

const names: ReadonlyArray<Name> = ["SET NX + fetch", "comporta"]
const rounds = new Map<Name, ReadonlyArray<Round>>()
for (let turn = 1; turn <= Number(values.rounds); turn++) {
  for (const name of names) {
    const one = await round(name)
    rounds.set(name, [...(rounds.get(name) ?? []), one])
    console.error(`round ${turn}: ${name} ${one.perSecond.toFixed(0)}/s`)
  }
}

const best = (name: Name) => Math.max(...(rounds.get(name) ?? []).map(({ perSecond }) => perSecond))
const least = (name: Name) => Math.min(...(rounds.get(name) ?? []).map(({ work }) => work))
const at = (sorted: ReadonlyArray<number>, share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN

console.log(
  `sends per second: one server on core 0; Redis, provider and wrk on core 1; appendfsync ${values.appendfsync}, ` +
    `${values.connections} connections, ${values.rounds} rounds of ${values.seconds} s, the best of them`
)
for (const name of names) {
  const results = rounds.get(name) ?? []
  const overhead = results.flatMap((one) => one.overhead).toSorted((a, b) => a - b)
  const bad = results.reduce((sum, one) => sum + one.bad, 0)
  console.log(
    `${name.padEnd(16)} ${best(name).toFixed(0).padStart(6)}/s, ${least(name).toFixed(0)} µs of processor each, p99 ${Math.min(...results.map(({ p99 }) => p99)).toFixed(1)} ms, ` +
      `${bad} not 200; asked to provider's first byte, one at a time: p50 ${at(overhead, 0.5).toFixed(2)} ms, p95 ${at(overhead, 0.95).toFixed(2)} ms`
  )
  if (bad > 0) process.exitCode = 1
}
console.log(
  `comporta / SET NX + fetch: ${(best("comporta") / best("SET NX + fetch")).toFixed(2)} of the sends per second`
)
console.log(`of the processor's work for one: ${(least("SET NX + fetch") / least("comporta")).toFixed(2)}`)
writeBench(
  values.json,
  "sends",
  values,
  names.flatMap((contestant) => [
    { contestant, measure: "sends, best round", unit: "1/s", value: best(contestant) },
    { contestant, measure: "processor of a send, best round", unit: "µs", value: least(contestant) },
    {
      contestant,
      measure: "request to the provider's first byte, p95",
      unit: "ms",
      value: at(
        (rounds.get(contestant) ?? []).flatMap((one) => one.overhead).toSorted((a, b) => a - b),
        0.95
      )
    }
  ])
)
