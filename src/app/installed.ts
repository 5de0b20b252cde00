import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Config } from "../config/config.ts"
import { Installed, installedOf } from "../readiness/installed.ts"
import { readWorld } from "../readiness/world.ts"
import { ShippedFiles } from "../release/shipped-files.ts"
import type { Parts } from "./layer-factories.ts"

/** Provides the code and the configuration of this process, as the gate compares them. `admin` opens the store. */
export const installed = <E, R>(
  config: Config,
  parts: Parts,
  admin: Effect.Effect<ReturnType<Parts["storeAdmin"]>, E, R>
) =>
  Layer.effect(
    Installed,
    Effect.gen(function* () {
      const { manifest } = yield* ShippedFiles
      const { connectors, release, version } = parts
      const { at, declared } = config.store
      const world = readWorld({
        architecture: release.node.platform.split("-").at(-1) ?? "",
        declared: declared?.appendfsync,
        inMemory: at._tag === "Memory"
      })
      const withStore = Effect.flatMap(admin, (store) => Effect.provide(world, store))
      return yield* installedOf({
        config,
        connectors,
        version,
        manifest: typeof manifest === "string" ? undefined : manifest,
        release: release.digest,
        world: yield* Effect.orElseSucceed(withStore, () => undefined).pipe(
          Effect.flatMap((found) => (found === undefined ? world : Effect.succeed(found))),
          Effect.provide(parts.host)
        )
      })
    })
  ).pipe(Layer.provide(parts.signing))
