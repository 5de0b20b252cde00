import process from "node:process"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { Host } from "../../src/boot/host.ts"

/** `variables`: the environment with which the process was started. */
export const layer = (variables: ReadonlyMap<string, string>): Layer.Layer<Host, never, FileSystem.FileSystem> =>
  Layer.effect(
    Host,
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      return Host.of({
        variables,
        nodeArguments: process.execArgv,
        dotEnv: files.readFileString(".env").pipe(Effect.orElseSucceed(() => undefined))
      })
    })
  )
