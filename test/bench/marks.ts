import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis } from "ioredis"
import { layer as clientLayer } from "../../layers/redis/client.ts"
import { layer } from "../../layers/redis/store.ts"
import { EventLog } from "../../src/inbound/event-log.ts"
import { defaultPartitions } from "../../src/partition/deployment.ts"
import { freePort, listening, pinned, stop } from "./processes.ts"
import { into } from "../support/into.ts"

const { values } = parseArgs({
  options: {
    bytes: { type: "string", default: "1000000" },
    most: { type: "string", default: "10000000" }
  }
})

const folder = mkdtempSync(join(tmpdir(), "comporta-marks-"))
process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
const port = await freePort()
const server = ["redis-server", "--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
const child = pinned(1, server, "pipe")
child.stdout?.resume()
if (!(await listening(child, port))) throw new Error("redis-server does not start")
const url = `redis://127.0.0.1:${port}`
const redis = new Redis(url)

const numberIn = async (section: string, pattern: RegExp) => Number(pattern.exec(await redis.info(section))?.[1] ?? 0)
const memory = () => numberIn("memory", /^used_memory:(\d+)/m)
/** Microseconds that the server spent in scripts. */
const spent = () => numberIn("commandstats", /^cmdstat_evalsha:calls=\d+,usec=(\d+)/m)

const size = 25
const partitions = defaultPartitions
const idsOf = (count: number) => Array.from({ length: count }, () => `evt_${randomBytes(16).toString("hex")}`)

/** Admits that many events that nobody has seen, eight batches at once; the log itself is emptied behind them. */
const admit = Effect.fnUntraced(function* (ids: ReadonlyArray<string>) {
  const log = yield* EventLog
  const batches = Array.from({ length: Math.ceil(ids.length / size) }, (_, n) => ids.slice(n * size, (n + 1) * size))
  yield* Effect.forEach(
    batches,
    (keys, n) =>
      log.admit(
        into(n % partitions, {
          nonce: String(n),
          entries: keys.map((key) => ({ key, sort: "event", consumers: [], record: "r" }))
        })
      ),
    { concurrency: partitions, discard: true }
  )
  const logs = Array.from({ length: partitions }, (_, partition) => `comporta:{p${partition}}:log`)
  yield* Effect.promise(() => redis.del(...logs))
})

/** Microseconds an event, once so many are remembered. */
const cost = Effect.fnUntraced(function* (many: number) {
  const before = yield* Effect.promise(spent)
  yield* admit(idsOf(many))
  return ((yield* Effect.promise(spent)) - before) / many
})

const chunk = 50_000
const remember = Effect.fnUntraced(function* (many: number) {
  for (let left = many; left > 0; left -= chunk) yield* admit(idsOf(Math.min(left, chunk)))
})

const many = Number(values.bytes)
const keys = Effect.gen(function* () {
  const before = yield* Effect.promise(memory)
  for (let left = many; left > 0; left -= chunk) {
    const pipeline = redis.pipeline()
    for (const id of idsOf(Math.min(left, chunk))) pipeline.set(id, 1, "EX", 691_200, "NX")
    yield* Effect.promise(() => pipeline.exec())
  }
  const each = ((yield* Effect.promise(memory)) - before) / many
  yield* Effect.promise(() => redis.flushall())
  return each
})

const measured = Effect.gen(function* () {
  const start = yield* Effect.promise(memory)
  yield* remember(10_000)
  const few = yield* cost(chunk)
  yield* remember(many - chunk - 10_000)
  const each = ((yield* Effect.promise(memory)) - start) / many
  const most = Number(values.most)
  yield* remember(most - many)
  const full = yield* cost(chunk)
  return { each, few, full, most }
})

const store = layer({ environment: "local", retention: { nonce: 1 } }).pipe(Layer.provide(clientLayer({ url })))
const one = await Effect.runPromise(keys)
const { each, few, full, most } = await Effect.runPromise(Effect.provide(measured, store))
console.log(
  `${many} ids: ${each.toFixed(1)} bytes each as marks, ${one.toFixed(1)} as keys: ${(each / one).toFixed(3)}`
)
console.log(
  `an event costs the store ${few.toFixed(2)} us with 10000 remembered, ${full.toFixed(2)} us with ${most}: ` +
    (full / few).toFixed(2)
)
redis.disconnect()
await stop(child)
