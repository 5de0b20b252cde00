import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { StoreAdmin } from "../../src/boot/store-admin.ts"
import { StampRefused } from "../../src/deployment/deployment.ts"

const nothing = Effect.fail(
  new StampRefused({ problem: "this store is memory, and lives as long as its process", remedy: "set store.url" })
)

/** Administration of a store in memory: there is nothing to administer. */
export const layer: Layer.Layer<StoreAdmin> = Layer.succeed(
  StoreAdmin,
  StoreAdmin.of({
    servers: Effect.succeed([]),
    replicas: Effect.succeed([]),
    partitions: () => Effect.succeed([]),
    write: () => Effect.void,
    stamp: Effect.undefined,
    init: () => nothing,
    isPepper: () => Effect.succeed(true),
    upgrade: nothing,
    fence: nothing
  })
)
