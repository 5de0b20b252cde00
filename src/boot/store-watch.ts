import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { BootCheck } from "../log/line.ts"

/**
 * Watches the promises of the store while the program runs (G45). It looks at every primary each second and on every new
 * connection, at every replica each minute and after every failover. While a promise is broken, claims and admissions that
 * it concerns are refused; what was begun can still end.
 */
export class StoreWatch extends Context.Service<
  StoreWatch,
  {
    /**
     * Returns every check as the last look left it, after one read of every primary. `store.reachable` fails when a primary
     * does not answer that, or when the last look is too old.
     */
    readonly checks: Effect.Effect<ReadonlyArray<BootCheck>>
  }
>()("comporta/boot/StoreWatch") {}
