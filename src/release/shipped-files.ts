import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Sha256 } from "../domain/sha256.ts"
import type { Manifest } from "./manifest.ts"

/** Difference between the manifest and a file. `additional`: the manifest does not list the file. */
export interface FileDifference {
  readonly path: string
  readonly found: "changed" | "missing" | "additional" | "unreadable"
}

/** A file was not loaded, since it is not as the manifest lists it. */
export class LoadRefused extends Data.TaggedError("LoadRefused")<{ readonly path: string }> {
  override get message() {
    return `${this.path} is not the file that the manifest lists: deploy the release again, and start it`
  }
}

/** The release that runs, as far as the start of the process can tell. */
export interface RunningRelease {
  /** Digest of the manifest. Absent for a run from source. */
  readonly digest?: Sha256
  /** Node that runs: `24.21.0`, `linux-x64`. */
  readonly node: { readonly version: string; readonly platform: string }
}

/** Characters of the digest that name a release in a line of the log. */
const shortDigits = 12

/** Returns the name of a release in a line of the log: 12 hex digits of its digest, or `source`. */
export const releaseName = ({ digest }: RunningRelease): string =>
  digest === undefined ? "source" : digest.slice("sha256:".length, "sha256:".length + shortDigits)

/** Compares the files that run with the manifest (G39). */
export class ShippedFiles extends Context.Service<
  ShippedFiles,
  {
    /** The manifest beside the program. `absent` for a run from source. */
    readonly manifest: Manifest | "absent" | "unreadable"
    /** Hashes every file again, and the files that were loaded. From now on a file is hashed before it is loaded. */
    readonly differences: Effect.Effect<ReadonlyArray<FileDifference>>
    /** Hashes the Node binary that runs. Returns `undefined` when it cannot be read. */
    readonly nodeDigest: Effect.Effect<Sha256 | undefined>
    /** Calls `report` with the path of each file that is not loaded since it differs. */
    readonly onRefused: (report: (path: string) => void) => Effect.Effect<void>
    /** Stops following the loads of a process that compares nothing. */
    readonly discard: Effect.Effect<void>
  }
>()("comporta/release/ShippedFiles") {}
