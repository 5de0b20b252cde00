import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { type VariableFile, variableFileBytes } from "../../src/boot/host.ts"

/** Returns true for the name of a file that tools read variables from: `.env`, `.env.local`, `.envrc`, `staging.env`. */
const isVariableFile = (name: string): boolean => /^\.env(rc|\..+)?$|\.env$/.test(name)

/** Most files of one directory that are searched. */
const most = 32

const read = (files: FileSystem.FileSystem, directory: string) => (name: string) =>
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
export const variableFiles = (
  files: FileSystem.FileSystem,
  directory: string
): Effect.Effect<ReadonlyArray<VariableFile>> =>
  files.readDirectory(directory).pipe(
    Effect.orElseSucceed((): Array<string> => [".env"]),
    Effect.map((names) => names.filter(isVariableFile).toSorted().slice(0, most)),
    Effect.flatMap((names) => Effect.forEach(names, read(files, directory))),
    Effect.map((found) => found.flat())
  )
