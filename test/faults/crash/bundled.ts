import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
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
  return join(directory, "entry.mjs")
}

/** The path of `entry.ts` in one file, as the program is shipped: it starts in a third of the time. */
export class Bundled extends Context.Service<Bundled, string>()("comporta/test/Bundled") {}

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
