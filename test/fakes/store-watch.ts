import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ok } from "../../src/boot/report.ts"
import { StoreWatch } from "../../src/boot/store-services.ts"
import type { BootCheck } from "../../src/log/line.ts"

/** Sets the checks that the watch of the store reports. */
export class WatchedStore extends Context.Service<
  WatchedStore,
  { readonly reports: (...checks: ReadonlyArray<BootCheck>) => void }
>()("comporta/test/WatchedStore") {}

/** Provides a watch that reports the checks of a test; until then, a reachable store. */
export const scriptedStoreWatch: Layer.Layer<StoreWatch | WatchedStore> = Layer.effectContext(
  Effect.sync(() => {
    let now: ReadonlyArray<BootCheck> = [ok("store.reachable")]
    return Context.make(StoreWatch, StoreWatch.of({ checks: Effect.sync(() => now) })).pipe(
      Context.add(WatchedStore, { reports: (...checks) => (now = checks) })
    )
  })
)
