import * as Effect from "effect/Effect"
import { RedisStore } from "../../../layers/redis/client.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import { asTexts } from "../../../layers/redis/reply.ts"

/** The buckets of marks of one partition, by name. */
export const bucketsIn = (partition: number) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const pattern = keysOf(store.prefix, partition).marks(0, 0).replace("m:0:0", "m:*")
    return yield* Effect.flatMap(store.command("KEYS", pattern), asTexts("KEYS"))
  })

const generationOf = (name: string) => Number(name.split(":").at(-2))

/** Generations pass: what a partition knows of its marks is moved that far into the past. */
export const ageMarks = (partition: number, generations: number) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const keys = keysOf(store.prefix, partition)
    const names = yield* bucketsIn(partition)
    for (const name of names.toSorted((a, b) => generationOf(a) - generationOf(b))) {
      const [generation = "", bucket = ""] = name.split(":").slice(-2)
      yield* store.command("RENAME", name, keys.marks(Number(generation) - generations, Number(bucket)))
    }
    yield* store.command("HINCRBY", keys.of("counters"), "generation", -generations)
  })
