import { randomUUID } from "node:crypto"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { definedScripts } from "../../../layers/redis/script.ts"
import { layer, type RedisStore } from "../../../layers/redis/client.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { type RedisCluster, startRedisCluster } from "../../support/redis-cluster.ts"
import { everyScript, everyService } from "../support/every-script.ts"
import { type Fault, Sabotage, sabotaged } from "../support/sabotage.ts"

/** Scripts that a boot or a command runs, each of one write. */
const elsewhere = new Set(["write stamp", "replace stamp", "note pepper", "write check"])

const play = (fresh: () => Layer.Layer<RedisStore, InfraError>, fault?: Fault) =>
  Effect.gen(function* () {
    const seen = yield* everyScript
    const { happened, runs } = yield* Sabotage
    return { seen, happened: happened(), runs: runs() }
  }).pipe(Effect.provide(everyService(sabotaged(fresh(), fault))), Effect.scoped)

const tried = Effect.fnUntraced(function* (fresh: () => Layer.Layer<RedisStore, InfraError>) {
  const well = yield* play(fresh)
  assert.deepInclude(well.seen, { unfinished: [0, 0] })
  assert.strictEqual(well.seen.counts.broken, 0)
  assert.isTrue(well.seen.resent.every((word) => word === "deduped"))
  let faults = 0
  for (const [script, runs] of well.runs) {
    if (elsewhere.has(script)) continue
    for (let run = 1; run <= runs; run++) {
      for (let call = 1, reached = true; reached; call++) {
        const { seen, happened } = yield* play(fresh, { script, run, call })
        reached = happened
        if (reached) {
          faults++
          assert.deepStrictEqual(seen, well.seen, `${script}, run ${run}, call ${call}`)
        }
      }
    }
  }
  assert.isAbove(faults, 300)
  return well.runs
})

let cluster: RedisCluster | undefined
beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(() => cluster?.dispose())

describe("G46 I2 I3 whichever call of whichever script fails", () => {
  it.live("loses and doubles nothing, and leaves all as it would have been, on one server", () =>
    Effect.gen(function* () {
      const runs = yield* tried(freshStore)
      const writing = [...definedScripts().values()].filter(({ name, readOnly }) => !readOnly && !elsewhere.has(name))
      assert.deepStrictEqual(
        writing.map(({ name }) => name).filter((name) => !runs.has(name)),
        [],
        "scripts that no scenario runs"
      )
    })
  )

  it.live("loses and doubles nothing, and leaves all as it would have been, on a cluster", () =>
    tried(() => layer({ cluster: cluster?.urls ?? [], prefix: `test-${randomUUID()}` }))
  )
})
