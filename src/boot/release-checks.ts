import * as Effect from "effect/Effect"
import type { Config } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { Log } from "../log/log.ts"
import type { Manifest } from "../release/manifest.ts"
import { type FileDifference, type RunningRelease, ShippedFiles } from "../release/shipped-files.ts"
import { failed, ok } from "./report.ts"

const again =
  "deploy the release again from its package or its image; a changed program is another release, which npm run build makes"

/** Most files that a report names. */
const mostNamed = 10

const words: Readonly<Record<FileDifference["found"], string>> = {
  changed: "was changed",
  missing: "is missing",
  additional: "is not in the manifest",
  unreadable: "cannot be read"
}

const namesOf = (differences: ReadonlyArray<FileDifference>): string => {
  const named = differences.slice(0, mostNamed).map(({ path, found }) => `${path} ${words[found]}`)
  const others = differences.length - named.length
  return [...named, ...(others === 0 ? [] : [`${others} more differ`])].join(", ")
}

/** Returns the check of a program without a manifest: a warning, in production a failure. */
const withoutManifest = (environment: Config["environment"]): BootCheck =>
  environment === "production"
    ? failed("release.files", "absent", "dist/manifest.json is not there: the program runs from source", again)
    : { ...ok("release.files"), problem: "the program runs from source, so no file was compared with a manifest" }

const nodeCheck = ({ node }: Manifest, digest: string | undefined, running: RunningRelease["node"]): BootCheck =>
  digest === node.digest
    ? ok("release.node")
    : failed(
        "release.node",
        "changed",
        digest === undefined
          ? "the Node binary that runs cannot be read"
          : `expected the Node binary of the build, ${node.version} for ${node.platform}; another binary runs, ${running.version} for ${running.platform}`,
        "start the release with the Node of its image, or with the Node that built it; or build it with this one by npm run build"
      )

/**
 * Compares the files of the program and its Node binary with the manifest (G39). Fails for a file that was changed, is
 * missing, or is additional.
 */
export const releaseChecks = Effect.fnUntraced(function* (
  environment: Config["environment"],
  { node: running }: RunningRelease
): Effect.fn.Return<ReadonlyArray<BootCheck>, never, ShippedFiles> {
  const { differences, manifest, nodeDigest } = yield* ShippedFiles
  if (manifest === "absent") return [withoutManifest(environment)]
  if (manifest === "unreadable")
    return [
      failed(
        "release.files",
        "invalid",
        "dist/manifest.json is missing, or is no manifest that this program knows",
        again
      )
    ]
  const [found, digest] = yield* Effect.all([differences, nodeDigest], { concurrency: "unbounded" })
  return [
    found.length === 0 ? ok("release.files") : failed("release.files", "changed", namesOf(found), again),
    nodeCheck(manifest, digest, running)
  ]
})

/** Logs each file that is not loaded since it was changed after the boot. In `local` no load is followed. */
export const guardLoads = Effect.fnUntraced(function* (environment: Config["environment"]) {
  const { discard, onRefused } = yield* ShippedFiles
  const { write } = yield* Log
  if (environment === "local") return yield* discard
  yield* onRefused((path) =>
    write("error", "release.load_refused", {
      checks: [failed("release.files", "changed", `${path} differs from the manifest, and was not loaded`, again)]
    })
  )
})
