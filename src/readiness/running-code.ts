import type { Manifest } from "../release/manifest.ts"
import type { Sha256 } from "../domain/sha256.ts"

/** Digest in place of any that a run from source does not have. No manifest, component or build record has it. */
export const sourceDigest: Sha256 = `sha256:${"0".repeat(64)}`

/** Code of this process. Outside `local` a verdict takes it from a build record instead. */
export interface RunningCode {
  /** Digest of the manifest. */
  readonly release: Sha256
  readonly core: Sha256
  readonly storage: Sha256
  /** Digest of a connector's code; that of a connector from outside is not in the manifest. */
  readonly connector: (id: string) => Sha256
}

/** Returns the code of this process by its manifest and the digest of that. Each digest is {@link sourceDigest} in a run from source. */
export const runningCode = (manifest: Manifest | undefined, release: Sha256 | undefined): RunningCode => {
  const component = (name: string) => manifest?.components[name] ?? sourceDigest
  return {
    release: release ?? sourceDigest,
    core: component("core"),
    storage: component("storage"),
    connector: (id) => component(`connector:${id}`)
  }
}
