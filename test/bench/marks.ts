import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as clientLayer } from "../../layers/redis/client.ts"
import { layer } from "../../layers/redis/store.ts"
import type { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { median } from "./median.ts"
import { admit, batchesOf } from "./remember.ts"
import { type Server, serve } from "./timed-store.ts"

// What a mark takes in the store and what it costs, beside one `SET key 1 NX EX` an event with the same ids. The machine
// slows a large table down whoever keeps it: what a plain key costs more among as many others is the machine's part.

const { values } = parseArgs({
  options: {
    bytes: { type: "string", default: "1000000" },
    most: { type: "string", default: "10000000" },
    turns: { type: "string", default: "21" }
  }
})

/** Events that one write brings while the table grows, and while it is measured. */
const [quick, size] = [250, 25]
const few = 10_000
const chunk = 50_000
/** Events that one turn measures. */
const sample = 5_000

const set = (server: Server, count: number, each: number) =>
  Effect.promise(async () => {
    for (const ids of batchesOf(count, each)) await server.set(ids)
  })

/** One way to remember: so many events in writes of so many. */
type Way = (server: Server, count: number, each: number) => Effect.Effect<unknown, unknown, EventLog>

const remember = Effect.fnUntraced(function* (way: Way, server: Server, many: number) {
  for (let left = many; left > 0; left -= chunk) yield* way(server, Math.min(left, chunk), quick)
})

/** Microseconds of the store an event. */
const cost = Effect.fnUntraced(function* (way: Way, server: Server) {
  const before = yield* Effect.promise(server.spent)
  yield* way(server, sample, size)
  return ((yield* Effect.promise(server.spent)) - before) / sample
})

const storeOf = ({ url }: Server) =>
  layer({ environment: "local", retention: { nonce: 1 } }).pipe(Layer.provide(clientLayer({ url })))

const server = Effect.acquireRelease(Effect.promise(serve), (started) => Effect.promise(started.stop))

const many = Number(values.bytes)
const most = Number(values.most)

/** Bytes an event, and the cost of one among ten thousand and among the most, turn about so that the machine's moods cancel. */
const measure = Effect.fnUntraced(function* (way: Way) {
  const [small, large] = [yield* server, yield* server]
  const inLarge = yield* Layer.build(storeOf(large))
  const start = yield* Effect.promise(large.memory)
  yield* Effect.provideContext(remember(way, large, many), inLarge)
  const bytes = ((yield* Effect.promise(large.memory)) - start) / many
  yield* Effect.provideContext(remember(way, large, most - many), inLarge)
  const costs: Array<readonly [number, number]> = []
  for (let turn = 0; turn < Number(values.turns); turn++) {
    yield* Effect.promise(() => small.redis.flushall())
    const first = Effect.andThen(remember(way, small, few), cost(way, small))
    const amongFew = yield* Effect.provide(first, Layer.fresh(storeOf(small)))
    costs.push([amongFew, yield* Effect.provideContext(cost(way, large), inLarge)])
  }
  return {
    bytes,
    few: median(costs.map(([amongFew]) => amongFew)),
    full: median(costs.map(([, amongMost]) => amongMost)),
    ratio: median(costs.map(([amongFew, amongMost]) => amongMost / amongFew))
  }
})

const marks = await Effect.runPromise(Effect.scoped(measure(({ redis }, count, each) => admit(redis, count, each))))
const keys = await Effect.runPromise(Effect.scoped(measure(set)))
console.log(
  `${many} ids: ${marks.bytes.toFixed(1)} bytes each as marks, ${keys.bytes.toFixed(1)} as keys: ` +
    (marks.bytes / keys.bytes).toFixed(3)
)
for (const [what, { few: amongFew, full, ratio }] of [
  ["an event admitted", marks],
  ["a key set", keys]
] as const) {
  console.log(
    `${what} costs the store ${amongFew.toFixed(2)} us with ${few} remembered, ${full.toFixed(2)} us with ${most}: ` +
      ratio.toFixed(2)
  )
}
