import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { memoryDeployment } from "../../../layers/memory/deployment.ts"
import * as MemoryLedger from "../../../layers/memory/intent-ledger.ts"
import { layer as client, RedisStore } from "../../../layers/redis/client.ts"
import * as RedisDeployment from "../../../layers/redis/deployment/deployment.ts"
import * as RedisLedger from "../../../layers/redis/intent-ledger/intent-ledger.ts"
import { intentKeys, listedStates } from "../../../layers/redis/intent-ledger/keys.ts"
import { asTexts } from "../../../layers/redis/scripting/reply.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { redisServer } from "../../support/redis-server.ts"
import { hour } from "./operations.ts"
import type { Stage } from "./world.ts"

/** The one there is, in memory, under a clock that only `elapse` moves. */
export const inMemory: Effect.Effect<Stage, never, Scope.Scope> = Effect.gen(function* () {
  let hours = 0
  const millis = () => hours * hour
  const clock: Clock.Clock = {
    ...(yield* Clock.Clock),
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis)
  }
  const ledger = Context.get(yield* Layer.build(Layer.provide(MemoryLedger.layer(), memoryDeployment())), IntentLedger)
  const at = <A, E>(operation: Effect.Effect<A, E>) => Effect.provideService(operation, Clock.Clock, clock)
  return {
    ledger: IntentLedger.of({
      ...ledger,
      claim: (args) => at(ledger.claim(args)),
      release: (...args) => at(ledger.release(...args)),
      settle: (...args) => at(ledger.settle(...args)),
      evidence: (args) => at(ledger.evidence(args)),
      accept: (args) => at(ledger.accept(args)),
      resolve: (args) => at(ledger.resolve(args)),
      get: (args) => at(ledger.get(args)),
      list: (...args) => at(ledger.list(...args))
    }),
    elapse: (_, more) =>
      Effect.sync(() => {
        hours += more
      })
  }
})

/**
 * Time that passes for one intent: all that the store keeps of it grows older. KEYS: record, tombstone, tokens, lists.
 * ARGV: milliseconds, intent id.
 */
const age = `
for at = 1, 3 do
  local left = redis.call('PTTL', KEYS[at])
  if left > 0 then redis.call('PEXPIRE', KEYS[at], left - ARGV[1]) end
end
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HINCRBY', KEYS[1], 'deadline', -ARGV[1]) end
for at = 4, #KEYS do
  if redis.call('ZSCORE', KEYS[at], ARGV[2]) then redis.call('ZINCRBY', KEYS[at], -ARGV[1], ARGV[2]) end
end
`

/** On a server of its own, which is cleared after each case. An intent that is played there grows older by itself. */
export const inRedis: Effect.Effect<Effect.Effect<Stage, never, Scope.Scope>, never, Scope.Scope> = Effect.gen(
  function* () {
    const server = yield* redisServer()
    const context = yield* RedisLedger.layer().pipe(
      Layer.provideMerge(testSealer),
      Layer.provideMerge(RedisDeployment.layer({ environment: "local", partitions: 1 })),
      Layer.provideMerge(client({ url: server.url })),
      Layer.orDie,
      Layer.build
    )
    const store = Context.get(context, RedisStore)
    const { partitions } = Context.get(context, Deployment)
    const keysOf = (intentId: IntentId) => {
      const keys = intentKeys(store.prefix, partitionOf(intentId, partitions))
      return [keys.record(intentId), keys.tombstone(intentId), keys.tokens(intentId), ...listedStates.map(keys.list)]
    }
    const clear = Effect.gen(function* () {
      const keys = yield* Effect.flatMap(store.command("KEYS", `${store.prefix}:{p*}:*int*`), asTexts("KEYS"))
      if (keys.length > 0) yield* store.command("DEL", ...keys)
    }).pipe(Effect.orDie)
    const stage: Stage = {
      ledger: Context.get(context, IntentLedger),
      elapse: (intentId, hours) => {
        const keys = keysOf(intentId)
        return Effect.asVoid(store.command("EVAL", age, keys.length, ...keys, hours * hour, intentId))
      }
    }
    return Effect.acquireRelease(Effect.succeed(stage), () => clear)
  }
)
