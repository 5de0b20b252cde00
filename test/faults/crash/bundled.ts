import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { rolldown } from "rolldown"

const entry = fileURLToPath(new URL("entry.ts", import.meta.url))

const bundle = async (directory: string) => {
  await using made = await rolldown({
    input: { entry },
    platform: "node",
    external: ["bufferutil", "utf-8-validate"],
    onLog: (level, log, handle) => handle(log.code === "UNRESOLVED_IMPORT" ? "error" : level, log)
  })
  await made.write({ dir: directory, format: "esm", entryFileNames: "[name].mjs" })
  const built: Built = {
    entry: join(directory, "entry.mjs"),
    env: { NODE_COMPILE_CACHE: join(directory, "compiled") }
  }
  // Nobody tells it to begin: it loads, leaves behind what it has compiled, and ends.
  await promisify(execFile)(process.execPath, [built.entry], { env: built.env })
  return built
}

interface Built {
  readonly entry: string
  /** Where every start finds what one has compiled before. */
  readonly env: Readonly<Record<string, string>>
}

/** The path of `entry.ts` in one file, as the program is shipped: it starts in a fifth of the time. */
export class Bundled extends Context.Service<Bundled, Built>()("comporta/test/Bundled") {}

export const bundled = Layer.effect(
  Bundled,
  Effect.flatMap(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-crash-"))),
      (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
    ),
    (directory) => Effect.promise(() => bundle(directory))
  )
)
