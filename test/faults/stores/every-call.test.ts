import { randomUUID } from "node:crypto"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { definedScripts } from "../../../layers/redis/scripting/script.ts"
import { layer, RedisStore } from "../../../layers/redis/client.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { type RedisCluster, startRedisCluster } from "../../support/redis-cluster.ts"
import { everyScript, everyService } from "../support/every-script.ts"
import { type Fault, Sabotage, sabotaged } from "../support/sabotage.ts"

/**
 * Scripts that a boot, a command or the watch runs, whose writes stand each for itself, one that writes nothing though
 * replicas must have what it reads.
 */
const elsewhere = new Set([
  "write stamp",
  "replace stamp",
  "note pepper",
  "write check",
  "watch partition",
  "mend partition",
  "read intent durably",
  "names"
])

/** A script that runs over and over does so for events that are alike: its first and last runs fail, those between do not. */
const [firstRuns, lastRuns] = [8, 3]

/** Milliseconds: some thousand scenarios, on a machine that may do other work. */
const limit = 900_000

type Connected = RedisStore["Service"]

/** One scenario on keys of its own, over a connection that all of them share. */
const play = (connected: Connected, fault?: Fault) => {
  const store = Layer.sync(RedisStore, () => ({ ...connected, prefix: `test-${randomUUID()}` }))
  return Effect.gen(function* () {
    const seen = yield* everyScript
    const { happened, runs } = yield* Sabotage
    return { seen, happened: happened(), runs: runs() }
  }).pipe(Effect.provide(everyService(sabotaged(store, fault))), Effect.scoped)
}

const tried = Effect.fnUntraced(function* (connected: Connected) {
  const well = yield* play(connected)
  assert.deepInclude(well.seen, { unfinished: [0, 0] })
  assert.strictEqual(well.seen.counts.broken, 0)
  assert.isTrue(well.seen.resent.every((word) => word === "deduped"))
  const runs = [...well.runs].flatMap(([script, count]) =>
    elsewhere.has(script)
      ? []
      : Array.from({ length: count }, (_, at) => ({ script, run: at + 1 })).filter(
          ({ run }) => run <= firstRuns || run > count - lastRuns
        )
  )
  const faults = yield* Effect.forEach(
    runs,
    Effect.fnUntraced(function* ({ script, run }) {
      for (let call = 1; ; call++) {
        const { seen, happened } = yield* play(connected, { script, run, call })
        if (!happened) return call - 1
        assert.deepStrictEqual(seen, well.seen, `${script}, run ${run}, call ${call}`)
      }
    }),
    { concurrency: 4 }
  )
  assert.isAbove(
    faults.reduce((sum, count) => sum + count, 0),
    300
  )
  return well.runs
})

let cluster: RedisCluster | undefined
beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(() => cluster?.dispose())

describe("G46 I2 I3 failure of each call of each script", () => {
  it.live(
    "a failed call in a script loses and duplicates nothing on one server",
    () =>
      Effect.gen(function* () {
        const runs = yield* tried(yield* RedisStore)
        const writing = [...definedScripts().values()].filter(({ name, readOnly }) => !readOnly && !elsewhere.has(name))
        assert.deepStrictEqual(
          writing.map(({ name }) => name).filter((name) => !runs.has(name)),
          [],
          "scripts that no scenario runs"
        )
      }).pipe(Effect.provide(freshStore())),
    limit
  )

  it.live(
    "a failed call in a script loses and duplicates nothing on a cluster",
    () =>
      Effect.flatMap(RedisStore, tried).pipe(
        Effect.provide(Layer.unwrap(Effect.sync(() => layer({ cluster: cluster?.urls ?? [] }))))
      ),
    limit
  )
})
