import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Sha256 } from "../domain/sha256.ts"
import type { ConfiguredChannel } from "../gate/policy/configured.ts"
import type { Manifest } from "../release/manifest.ts"
import { channelsOf } from "./configured-channels.ts"
import { type RunningCode, runningCode } from "./running-code.ts"
import { type ConfiguredWith, sectionDigests, type Sections, sectionsOf } from "./sections.ts"
import type { World } from "./world.ts"

/** Code and configuration of this process, as the gate compares them. They are read once, at the start. */
export class Installed extends Context.Service<
  Installed,
  {
    readonly version: string
    readonly code: RunningCode
    readonly sections: Sections
    /** Digest of each section, by its name. */
    readonly digests: Readonly<Record<string, Sha256>>
    readonly channels: ReadonlyArray<ConfiguredChannel>
  }
>()("comporta/readiness/Installed") {}

export interface InstalledOptions extends ConfiguredWith {
  readonly version: string
  /** Absent for a run from source, as is `release`, the digest of the manifest. */
  readonly manifest: Manifest | undefined
  readonly release: Sha256 | undefined
  readonly world: World
}

/** Derives what is installed from the configuration, the manifest and the world. */
export const installedOf = Effect.fnUntraced(function* ({ version, manifest, release, ...options }: InstalledOptions) {
  const sections = sectionsOf(options)
  const digests = yield* sectionDigests(sections)
  const { config, connectors } = options
  return Installed.of({
    version,
    code: runningCode(manifest, release),
    sections,
    digests,
    channels: channelsOf({ config, connectors, digests, ...(manifest === undefined ? {} : { manifest }) })
  })
})
