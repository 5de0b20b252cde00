import * as inspector from "node:inspector"
import process from "node:process"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { Host } from "../../src/boot/host.ts"
import { variableFiles } from "./variable-files.ts"

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

/** Describes the host. `variables`: the environment of the process as its own code first saw it. */
export const layer = (variables: ReadonlyMap<string, string>): Layer.Layer<Host, never, FileSystem.FileSystem> =>
  Layer.effect(
    Host,
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      return Host.of({
        variables: new Map([...(yield* initialVariables(files)), ...variables]),
        nodeArguments: process.execArgv,
        isInspected: Effect.sync(() => inspector.url() !== undefined),
        preloadsLibraries: files.readFileString("/etc/ld.so.preload").pipe(
          Effect.map(preloads),
          Effect.orElseSucceed(() => false)
        ),
        variableFiles: variableFiles(files, ".")
      })
    })
  )
