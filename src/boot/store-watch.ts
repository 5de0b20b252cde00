import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { BootCheck } from "../log/line.ts"

/**
 * Watches the promises of the store while the program runs (G45). It reads every primary each second and on every new
 * connection, and every replica each minute and after every failover. While a promise is broken, it refuses the claims and
 * admissions that it concerns. Calls under way can still be settled.
 */
export class StoreWatch extends Context.Service<
  StoreWatch,
  {
    /**
     * Reads every primary once, and returns every check by the last full read. `store.reachable` fails when a primary does not
     * answer, or when the last full read is too old.
     */
    readonly checks: Effect.Effect<ReadonlyArray<BootCheck>>
  }
>()("comporta/boot/StoreWatch") {}
