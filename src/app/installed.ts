import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Config } from "../config/config.ts"
import { Installed, installedOf } from "../readiness/installed.ts"
import type { World } from "../readiness/world.ts"
import { ShippedFiles } from "../release/shipped-files.ts"
import type { Parts } from "./layer-factories.ts"

/** Provides the code and the configuration of this process, as the gate compares them. */
export const installed = (config: Config, parts: Parts) =>
  Layer.effect(
    Installed,
    Effect.gen(function* () {
      const { manifest } = yield* ShippedFiles
      const { connectors, release, version } = parts
      const world: World = { platform: "host", architecture: release.node.platform.split("-").at(-1) ?? "" }
      return yield* installedOf({
        config,
        connectors,
        version,
        manifest: typeof manifest === "string" ? undefined : manifest,
        release: release.digest,
        world
      })
    })
  ).pipe(Layer.provide(parts.signing))
