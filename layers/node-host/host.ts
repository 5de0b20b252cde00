import process from "node:process"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { Host } from "../../src/boot/host.ts"

export const layer: Layer.Layer<Host, never, FileSystem.FileSystem> = Layer.effect(
  Host,
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    return Host.of({
      variables: new Map(Object.entries(process.env).flatMap(([name, value = ""]) => [[name, value] as const])),
      nodeArguments: process.execArgv,
      dotEnv: files.readFileString(".env").pipe(Effect.orElseSucceed(() => undefined))
    })
  })
)
