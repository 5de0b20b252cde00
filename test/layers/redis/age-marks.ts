import * as Effect from "effect/Effect"
import { defineScript, RedisStore } from "../../../layers/redis/client.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import { asTexts } from "../../../layers/redis/scripting/reply.ts"

/** On the server that has the key: a cluster's others know nothing of them. */
const namesScript = defineScript("names", "return redis.call('KEYS', ARGV[1])")

/** The buckets of marks of one partition, by name. */
export const bucketsIn = (partition: number) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const keys = keysOf(store.prefix, partition)
    const pattern = keys.marks(0, 0).replace("m:0:0", "m:*")
    return yield* Effect.flatMap(store.run(namesScript, [keys.of("counters")], [pattern]), asTexts(namesScript.name))
  })

const generationOf = (name: string) => Number(name.split(":").at(-2))

/** Generations pass: what a partition knows of its marks is moved that far into the past. */
export const ageMarks = (partition: number, generations: number) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const keys = keysOf(store.prefix, partition)
    const buckets = yield* bucketsIn(partition)
    for (const name of buckets.toSorted((a, b) => generationOf(a) - generationOf(b))) {
      const [generation = "", bucket = ""] = name.split(":").slice(-2)
      yield* store.command("RENAME", name, keys.marks(Number(generation) - generations, Number(bucket)))
    }
    yield* store.command("HINCRBY", keys.of("counters"), "generation", -generations)
  })
