import { createHash, hash } from "node:crypto"
import { createReadStream } from "node:fs"
import { readdir } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Sha256 } from "../../src/domain/sha256.ts"
import { isInert, type Manifest, manifestPath, mostManifestBytes, readManifest } from "../../src/release/manifest.ts"
import { type FileDifference, LoadRefused, type RunningRelease, ShippedFiles } from "../../src/release/shipped-files.ts"
import type { Loads } from "./loads.ts"

/** Bytes that are read at once. Hashing them takes about 1.5 ms, during which the process does nothing else. */
const pieceBytes = 1_048_576
/** Files that are read at the same time. */
const atOnce = 4

const digestOfBytes = (bytes: Uint8Array): Sha256 => `sha256:${hash("sha256", bytes, "hex")}`

const digestOfFile = (path: string) =>
  Effect.tryPromise({
    try: async (signal) => {
      const sum = createHash("sha256")
      for await (const piece of createReadStream(path, { highWaterMark: pieceBytes, signal })) sum.update(piece)
      return `sha256:${sum.digest("hex")}`
    },
    catch: (error) =>
      error instanceof Error && "code" in error && error.code === "ENOENT" ? ("missing" as const) : "unreadable"
  })

/** Returns the files of a folder and of the folders in it. Returns none when it cannot be listed: its files are then missing. */
const filesIn = (folder: string) =>
  Effect.tryPromise(() => readdir(folder, { recursive: true, withFileTypes: true })).pipe(
    Effect.map((found) => found.flatMap((one) => (one.isDirectory() ? [] : [join(one.parentPath, one.name)]))),
    Effect.orElseSucceed((): ReadonlyArray<string> => [])
  )

/** Returns what is known about the release when the process starts. */
export const runningRelease = ({ manifest }: Pick<Loads, "manifest">): RunningRelease => ({
  node: { version: process.versions.node, platform: `${process.platform}-${process.arch}` },
  ...(manifest === undefined || manifest.length === 0 ? {} : { digest: digestOfBytes(manifest) })
})

const manifestOf = ({ manifest }: Loads): Manifest | "absent" | "unreadable" => {
  if (manifest === undefined) return "absent"
  return (
    (manifest.length > mostManifestBytes ? undefined : readManifest(Buffer.from(manifest).toString("utf8"))) ??
    "unreadable"
  )
}

/** Binary of this process on Linux: the one that runs, also when another file has its path by now. */
const runningBinary = "/proc/self/exe"

/** Folders of the package in which a program may lie. */
const programFolders = ["dist", "bin"]

/** Compares the package that contains the program with its manifest. */
export const layer = (loads: Loads): Layer.Layer<ShippedFiles> =>
  Layer.sync(ShippedFiles, () => {
    const manifest = manifestOf(loads)
    const built = fileURLToPath(loads.folder)
    const root = join(built, "..")
    const place = (path: string) => (path.startsWith("dist/") ? join(built, path.slice(5)) : join(root, path))
    const pathOf = (file: string) => {
      const inside = relative(built, file).split(sep).join("/")
      return inside.startsWith("..") ? relative(root, file).split(sep).join("/") : `dist/${inside}`
    }
    let report = (_path: string): void => undefined

    const judged = (files: Manifest["files"], url: string, bytes: Uint8Array): FileDifference | undefined => {
      const path = pathOf(fileURLToPath(url))
      if (files[path] === digestOfBytes(bytes)) return undefined
      return { path, found: files[path] === undefined ? "additional" : "changed" }
    }

    const loadedDifferences = ({ files }: Manifest) =>
      Effect.suspend(() => {
        loads.judge((url, bytes) => {
          const difference = judged(files, url, bytes)
          if (difference === undefined) return
          report(difference.path)
          Effect.runSync(Effect.fail(new LoadRefused({ path: difference.path })))
        })
        return Effect.forEach(loads.take(), ([url, bytes]) =>
          Effect.andThen(
            Effect.yieldNow,
            Effect.sync(() => judged(files, url, bytes) ?? [])
          )
        )
      }).pipe(Effect.map((found) => found.flat()))

    const listedDifferences = ({ files }: Manifest) =>
      Effect.forEach(
        Object.entries(files),
        ([path, digest]) =>
          digestOfFile(place(path)).pipe(
            Effect.map((found) => (found === digest ? [] : [{ path, found: "changed" as const }])),
            Effect.catch((found) => Effect.succeed(found === "missing" && isInert(path) ? [] : [{ path, found }]))
          ),
        { concurrency: atOnce }
      ).pipe(Effect.map((found): ReadonlyArray<FileDifference> => found.flat()))

    const additionalDifferences = ({ files }: Manifest) =>
      Effect.forEach(programFolders, (folder) => filesIn(place(`${folder}/`))).pipe(
        Effect.map((found): ReadonlyArray<FileDifference> =>
          found
            .flat()
            .map(pathOf)
            .filter((path) => files[path] === undefined && path !== manifestPath && !isInert(path))
            .map((path) => ({ path, found: "additional" }))
        )
      )

    /** Finds a program outside of the manifest that started this one: what it loaded before is not known. */
    const entryDifference = ({ files }: Manifest): ReadonlyArray<FileDifference> => {
      const path =
        loads.entry === undefined ? "the program that Node was started with" : pathOf(fileURLToPath(loads.entry))
      return files[path] === undefined ? [{ path, found: "additional" }] : []
    }

    const differencesFrom = (known: Manifest) =>
      Effect.all([loadedDifferences(known), listedDifferences(known), additionalDifferences(known)], {
        concurrency: "unbounded"
      }).pipe(
        Effect.map((found) => [...found.flat(), ...entryDifference(known)]),
        Effect.map((found) => [...new Map(found.map((one) => [one.path, one])).values()]),
        Effect.map((found) => found.toSorted((one, other) => (one.path < other.path ? -1 : 1)))
      )

    return ShippedFiles.of({
      manifest,
      differences: typeof manifest === "string" ? Effect.succeed([]) : differencesFrom(manifest),
      nodeDigest: digestOfFile(runningBinary).pipe(
        Effect.catch(() => digestOfFile(process.execPath)),
        Effect.orElseSucceed(() => undefined)
      ),
      onRefused: (to) => Effect.sync(() => (report = to)),
      discard: Effect.sync(() => loads.judge(undefined))
    })
  })
