import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { memoryEvidenceStore } from "../../layers/memory/deployment.ts"
import type { Sha256 } from "../../src/domain/sha256.ts"
import type { ConfiguredChannel } from "../../src/gate/policy/configured.ts"
import * as GoNoGo from "../../src/readiness/go-no-go.ts"
import { Installed } from "../../src/readiness/installed.ts"
import { sourceDigest } from "../../src/readiness/running-code.ts"
import { sectionDigests, type Sections } from "../../src/readiness/sections.ts"
import { cryptography } from "../attestation/keys.ts"

export interface GivenInstalled {
  readonly sections?: Sections
  readonly channels?: ReadonlyArray<ConfiguredChannel>
  readonly release?: Sha256
}

/** Provides what a process has installed: by default nothing that could be judged, run from source. */
export const installedWith = ({ sections = {}, channels = [], release = sourceDigest }: GivenInstalled) =>
  Layer.effect(
    Installed,
    Effect.map(sectionDigests(sections), (digests) =>
      Installed.of({
        version: "1.0.0",
        code: { release, core: sourceDigest, storage: sourceDigest, connector: () => sourceDigest },
        sections,
        digests,
        channels
      })
    )
  )

/** Provides the judge of a gateway whose store is empty. */
export const goNoGoWith = (given: GivenInstalled) =>
  GoNoGo.layer(undefined).pipe(
    Layer.provideMerge(
      Layer.mergeAll(memoryEvidenceStore, installedWith(given), NodeFileSystem.layer).pipe(
        Layer.provideMerge(cryptography)
      )
    )
  )

/** Provides the judge of a gateway that has recorded nothing and has nothing configured. */
export const emptyGoNoGo = goNoGoWith({})
