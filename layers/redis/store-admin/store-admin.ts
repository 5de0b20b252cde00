import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { StoreAdmin } from "../../../src/boot/store-services.ts"
import { RedisStore } from "../client.ts"
import { initStore, type DeploymentOptions, readStore } from "../deployment/deployment.ts"
import { fenceStore, upgradeStore } from "../deployment/change.ts"
import { deploymentIdOf, notePepperScript, type Stamp } from "../deployment/stamp.ts"
import { keysOf } from "../keys.ts"
import { defineScript } from "../scripting/script.ts"
import { factsFrom, replicasOf } from "./facts.ts"
import { partitionsOf } from "./partition-facts.ts"

/**
 * Tests that the store accepts a write. It is not `allow-oom`: the gateway does not start on a full store.
 *
 * KEYS: a key of a partition.
 * Answer: 1.
 */
const writeCheckScript = defineScript("write check", "#!lua\nwrite('SET', KEYS[1], '', 'PX', 60000)\nreturn 1\n")

const factsOf = (stamp: Stamp) => {
  const { environment, partitions, identity, format } = stamp
  return { deployment: deploymentIdOf(stamp), environment, partitions, identity, format }
}

/** Provides the administration of one environment's store, over a connection of its own. */
export const layer = (options: Pick<DeploymentOptions, "environment">): Layer.Layer<StoreAdmin, never, RedisStore> =>
  Layer.effect(
    StoreAdmin,
    Effect.gen(function* () {
      const store = yield* RedisStore
      const on = Effect.provideService(RedisStore, store)
      const servers = Effect.suspend(() =>
        Effect.forEach(store.primaries(), factsFrom(store), { concurrency: "unbounded" })
      )
      return StoreAdmin.of({
        servers,
        replicas: Effect.flatMap(servers, (primaries) => replicasOf(store, primaries)),
        partitions: (count) => partitionsOf(store, count),
        write: (partitions) =>
          Effect.forEach(
            Array.from({ length: partitions }, (_, partition) => keysOf(store.prefix, partition).of("check")),
            (key) => store.run(writeCheckScript, [key], []),
            { concurrency: 16, discard: true }
          ),
        stamp: readStore(options).pipe(
          Effect.map((stamp) => (stamp === undefined ? undefined : factsOf(stamp))),
          on
        ),
        init: (partitions) =>
          initStore({ ...options, ...(partitions === undefined ? {} : { partitions }) }).pipe(Effect.map(factsOf), on),
        isPepper: (fingerprint) =>
          store
            .run(notePepperScript, [keysOf(store.prefix, 0).of("stamp")], [fingerprint])
            .pipe(Effect.map((known) => known === fingerprint)),
        upgrade: upgradeStore(options).pipe(Effect.map(factsOf), on),
        fence: fenceStore(options).pipe(Effect.map(factsOf), on)
      })
    })
  )
