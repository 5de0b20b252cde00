import * as inspector from "node:inspector"
import process from "node:process"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { Host, type VariableFile, variableFileBytes } from "../../src/boot/host.ts"

/** Returns true for the name of a file that tools read variables from: `.env`, `.env.local`, `.envrc`, `staging.env`. */
const isVariableFile = (name: string): boolean => /^\.env(rc|\..+)?$|\.env$/.test(name)

/** Most files of one directory that are searched. */
const maxVariableFiles = 32

const readVariableFile = (files: FileSystem.FileSystem, directory: string) => (name: string) =>
  Effect.gen(function* () {
    const path = `${directory}/${name}`
    const { type, size } = yield* files.stat(path)
    if (type !== "File") return []
    if (size > variableFileBytes) return [{ name, unread: "too_large" } satisfies VariableFile]
    return [{ name, bytes: yield* files.readFile(path) } satisfies VariableFile]
  }).pipe(Effect.orElseSucceed((): ReadonlyArray<VariableFile> => [{ name, unread: "not_readable" }]))

/**
 * Returns the files of variables in a directory, `.env` first. Returns only `.env` when the directory cannot be listed.
 */
const variableFiles = (files: FileSystem.FileSystem, directory: string): Effect.Effect<ReadonlyArray<VariableFile>> =>
  files.readDirectory(directory).pipe(
    Effect.orElseSucceed((): Array<string> => [".env"]),
    Effect.map((names) => names.filter(isVariableFile).toSorted().slice(0, maxVariableFiles)),
    Effect.flatMap((names) => Effect.forEach(names, readVariableFile(files, directory))),
    Effect.map((found) => found.flat())
  )

type Entry = readonly [name: string, value: string]

const entryOf = (text: string): ReadonlyArray<Entry> => {
  const at = text.indexOf("=")
  return at <= 0 ? [] : [[text.slice(0, at), text.slice(at + 1)]]
}

/** Returns the variables with which the process was started; none where the system has no `/proc`. */
const initialVariables = (files: FileSystem.FileSystem): Effect.Effect<ReadonlyArray<Entry>> =>
  files.readFileString("/proc/self/environ").pipe(
    Effect.map((text) => text.split("\0").flatMap(entryOf)),
    Effect.orElseSucceed(() => [])
  )

/** Returns true when the file names a library that the loader loads before any program. Comments do not count. */
const preloads = (text: string): boolean => text.split("\n").some((line) => line.replace(/#.*/, "").trim() !== "")

/** Files with which Docker and Podman mark a container. */
const containerMarks = ["/.dockerenv", "/run/.containerenv"]
/** Replaces the escapes of a path in `mountinfo`: a space is `\040`. */
const unescaped = (path: string): string =>
  path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/** Returns the mount points of `/proc/self/mountinfo`. The fifth field of a line is the mount point. */
export const mountPointsIn = (text: string): ReadonlyArray<string> =>
  text.split("\n").flatMap((line) => {
    const point = line.split(" ")[4]
    return point === undefined ? [] : [unescaped(point)]
  })

const holds = (point: string) => (path: string) => point === "/" || path === point || path.startsWith(`${point}/`)

/** Returns the mount point that holds a path: the longest one above it. */
export const mountPointOf = (points: ReadonlyArray<string>, path: string): string | undefined =>
  points.filter((point) => holds(point)(path)).toSorted((one, other) => other.length - one.length)[0]

const mountOf = (files: FileSystem.FileSystem) => (path: string) =>
  Effect.gen(function* () {
    const points = mountPointsIn(yield* files.readFileString("/proc/self/mountinfo"))
    const program = yield* files.realPath(process.argv[1] ?? "/")
    const point = mountPointOf(points, yield* files.realPath(path))
    if (point === undefined) return "unknown" as const
    return point === "/" || holds(point)(program) ? ("shared" as const) : ("own" as const)
  }).pipe(Effect.orElseSucceed(() => "unknown" as const))

/** Describes the host. `variables` and `libraries` are those of the process when its own code began. */
export const layer = (
  variables: ReadonlyMap<string, string>,
  libraries: ReadonlyArray<string>
): Layer.Layer<Host, never, FileSystem.FileSystem> =>
  Layer.effect(
    Host,
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      return Host.of({
        variables: new Map([...(yield* initialVariables(files)), ...variables]),
        nodeArguments: process.execArgv,
        libraries,
        isInspected: Effect.sync(() => inspector.url() !== undefined),
        preloadsLibraries: files.readFileString("/etc/ld.so.preload").pipe(
          Effect.map(preloads),
          Effect.orElseSucceed(() => false)
        ),
        isContained: Effect.map(
          Effect.forEach(containerMarks, (path) => Effect.orElseSucceed(files.exists(path), () => false)),
          (found) => found.some((exists) => exists)
        ),
        mountOf: mountOf(files),
        variableFiles: variableFiles(files, ".")
      })
    })
  )
