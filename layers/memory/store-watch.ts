import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ok } from "../../src/boot/report.ts"
import { StoreWatch } from "../../src/boot/store-watch.ts"

/** Watch of a store in memory: it is reachable as long as the process runs. */
export const layer: Layer.Layer<StoreWatch> = Layer.succeed(
  StoreWatch,
  StoreWatch.of({ checks: Effect.succeed([ok("store.reachable")]) })
)
