import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type AnyOptions, layer, RedisStore } from "../../../layers/redis/client.ts"
import { type KeyName, keysOf } from "../../../layers/redis/keys.ts"

/** What the store holds, counted thing by thing, whatever its counters say. */
export interface Held {
  readonly log: number
  /** Events that the runtime has not acknowledged. */
  readonly todo: number
  readonly dead: number
  readonly quarantine: number
  /** Events that the runtime has refused and may have yet. */
  readonly refused: number
}

/** Looks into every partition, over a connection of the moment. */
export const kept = (at: AnyOptions): Effect.Effect<Held> =>
  Effect.gen(function* () {
    const store = Context.get(yield* Layer.build(layer(at)), RedisStore)
    const stamp = keysOf(store.prefix, 0).of("stamp")
    const partitions = Number(yield* store.command("HGET", stamp, "partitions"))
    const total = (command: string, what: KeyName) =>
      Effect.forEach(Array.from({ length: partitions }), (_, partition) =>
        store.command(command, keysOf(store.prefix, partition).of(what))
      ).pipe(Effect.map((lengths) => lengths.reduce<number>((sum, length) => sum + Number(length), 0)))
    return {
      log: yield* total("XLEN", "log"),
      todo: yield* total("ZCARD", "todo:runtime"),
      dead: yield* total("ZCARD", "dead"),
      quarantine: yield* total("ZCARD", "quarantine"),
      refused: yield* total("HLEN", "refusals")
    }
  }).pipe(Effect.scoped, Effect.orDie)
