import * as Effect from "effect/Effect"
import { defineScript, RedisStore } from "../../../layers/redis/client.ts"
import { intentKeys } from "../../../layers/redis/intent-ledger/keys.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import { asTexts } from "../../../layers/redis/scripting/reply.ts"

/** On the server that has the key: a cluster's others know nothing of them. */
const namesScript = defineScript("names", "return redis.call('KEYS', ARGV[1])")

/** The table of an event's dedupe marks, or that of the tombstones of intents. */
export type Table = "marks" | "tombstones"

const tableOf = (prefix: string, partition: number, table: Table) => {
  const keys = keysOf(prefix, partition)
  const intents = intentKeys(prefix, partition)
  return table === "marks"
    ? { fields: keys.of("counters"), bucketOf: keys.marks }
    : { fields: intents.archive, bucketOf: intents.tombstones }
}

/** The buckets of one partition, by name. */
export const bucketsIn = (partition: number, table: Table = "marks") =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const { fields, bucketOf } = tableOf(store.prefix, partition, table)
    const pattern = bucketOf(0, 0).replace(/0:0$/, "*")
    return yield* Effect.flatMap(store.run(namesScript, [fields], [pattern]), asTexts(namesScript.name))
  })

const generationOf = (name: string) => Number(name.split(":").at(-2))

/** Generations pass: what a partition knows of its marks is moved that far into the past. */
export const ageMarks = (partition: number, generations: number, table: Table = "marks") =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const { fields, bucketOf } = tableOf(store.prefix, partition, table)
    const buckets = yield* bucketsIn(partition, table)
    for (const name of buckets.toSorted((a, b) => generationOf(a) - generationOf(b))) {
      const [generation = "", bucket = ""] = name.split(":").slice(-2)
      yield* store.command("RENAME", name, bucketOf(Number(generation) - generations, Number(bucket)))
    }
    yield* store.command("HINCRBY", fields, "generation", -generations)
  })
