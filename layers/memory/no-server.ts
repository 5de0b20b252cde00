import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ok } from "../../src/boot/report.ts"
import { StoreAdmin, StoreWatch } from "../../src/boot/store-services.ts"
import { StampRefused } from "../../src/deployment/deployment.ts"
import { Failovers } from "../../src/inbound/event-log/failovers.ts"

/** Failovers of a store in memory: there are none, and no record has to be read again. */
export const memoryFailovers: Layer.Layer<Failovers> = Layer.succeed(Failovers, {
  count: Effect.succeed(0),
  beyond: () => Effect.never,
  recent: () => Effect.succeed({ records: [] })
})

const nothingToAdminister = Effect.fail(
  new StampRefused({ problem: "this store is memory, and lives as long as its process", remedy: "set store.url" })
)

/** Administration of a store in memory: there is nothing to administer. */
export const memoryStoreAdmin: Layer.Layer<StoreAdmin> = Layer.succeed(
  StoreAdmin,
  StoreAdmin.of({
    servers: Effect.succeed([]),
    replicas: Effect.succeed([]),
    partitions: () => Effect.succeed([]),
    write: () => Effect.void,
    stamp: Effect.undefined,
    init: () => nothingToAdminister,
    isPepper: () => Effect.succeed(true),
    upgrade: nothingToAdminister,
    fence: nothingToAdminister
  })
)

/** Watch of a store in memory: it is reachable as long as the process runs. */
export const memoryStoreWatch: Layer.Layer<StoreWatch> = Layer.succeed(
  StoreWatch,
  StoreWatch.of({ checks: Effect.succeed([ok("store.reachable")]) })
)
