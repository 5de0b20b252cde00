import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import { storedBytes } from "../../src/boot/memory-model.ts"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { deliver, type MakeWebhook, owners } from "./delivered.ts"
import { sealedStore } from "./sealed-store.ts"
import { type Server, serve } from "./timed-store.ts"
import { status, text } from "./webhook-events.ts"

// Measures the memory that a delivered event and a dead letter take in the store, as the store reports it. A text and a status are
// decoded by the connector of WhatsApp and written by the gateway's own codec, with and without sealing.

const { values } = parseArgs({ options: { events: { type: "string", default: "100000" } } })

const count = Number(values.events)
const server = Effect.acquireRelease(Effect.promise(serve), (started) => Effect.promise(started.stop))

interface Kind {
  readonly make: MakeWebhook
  readonly end: "delivered" | "dead"
  /** Names of the keys that hold it, beside marks and counters. */
  readonly keys: ReadonlyArray<string>
  readonly counted: (redis: Server["redis"], key: string) => Promise<number>
}

const kinds: Readonly<Record<"message" | "status" | "deadLetter", Kind>> = {
  message: { make: () => text, end: "delivered", keys: ["log"], counted: (redis, key) => redis.xlen(key) },
  status: { make: status, end: "delivered", keys: ["log"], counted: (redis, key) => redis.xlen(key) },
  deadLetter: {
    make: () => text,
    end: "dead",
    keys: ["dead:items", "dead"],
    counted: (redis, key) => redis.hlen(key)
  }
}

/** Bytes of one, by what the store's memory loses when all are deleted. */
const measure = Effect.fnUntraced(function* ({ memory, redis }: Server, { make, end, keys, counted }: Kind) {
  yield* deliver(make, count, end)
  return yield* Effect.promise(async () => {
    const all = await redis.keys("comporta:{p*}:log")
    const prefixes = all.map((key) => key.slice(0, -"log".length))
    let entries = 0
    for (const prefix of prefixes) entries += await counted(redis, `${prefix}${keys[0]}`)
    const before = await memory()
    for (const prefix of prefixes) await redis.del(...keys.map((key) => `${prefix}${key}`))
    return { entries, bytes: (before - (await memory())) / entries }
  })
})

/** A retention that has passed already. */
const over = -1_000

/** Bytes of a message with its three statuses in one log: all of them, and once the statuses have expired. */
const mixed = Effect.fnUntraced(function* ({ memory, redis }: Server) {
  const make: MakeWebhook = (tools, deployment) => {
    const next = status(tools, deployment)
    let n = 0
    return () => (n++ % 4 === 0 ? text() : next())
  }
  yield* deliver(make, count, "delivered")
  const log = yield* EventLog
  const before = yield* Effect.promise(memory)
  for (const owner of yield* owners) yield* Effect.repeat(log.sweep(owner), { while: (answer) => answer === "more" })
  const between = yield* Effect.promise(memory)
  yield* Effect.promise(async () => redis.del(...(await redis.keys("comporta:{p*}:log"))))
  yield* Effect.promise(async () => redis.del(...(await redis.keys("comporta:{p*}:delivered"))))
  const rest = yield* Effect.promise(memory)
  return [before - rest, between - rest].map((bytes) => (bytes / count) * 4)
})

const [whole = 0, swept = 0] = await Effect.runPromise(
  Effect.scoped(
    Effect.flatMap(server, (started) => Effect.provide(mixed(started), sealedStore(started, true, { statuses: over })))
  )
)
console.log(
  `a message with three statuses, sealed: ${whole.toFixed(0)} bytes, and ${swept.toFixed(0)} once the statuses have expired`
)

for (const form of ["sealed", "plain"] as const) {
  for (const kind of ["message", "status", "deadLetter"] as const) {
    const { bytes, entries } = await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(server, (started) =>
          Effect.provide(measure(started, kinds[kind]), sealedStore(started, form === "sealed"))
        )
      )
    )
    const model = storedBytes[kind][form]
    console.log(
      `${entries} of kind ${kind}, ${form}: ${bytes.toFixed(0)} bytes each; the model has ${model}: ${(bytes / model).toFixed(2)}`
    )
  }
}
