/*
 * Follows the loads of the program in the folder that is given, as `src/main.ts` does, and prints what it found: a second
 * program for `shipped-files.test.ts`, since Node's loader cannot be hooked inside the test runner.
 */
import { appendFileSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import process from "node:process"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { followLoads } from "../../../layers/node-host/loads.ts"
import { layer, runningRelease } from "../../../layers/node-host/shipped-files.ts"
import { ShippedFiles } from "../../../src/release/shipped-files.ts"

const [root = "", entry = "", ...steps] = process.argv.slice(2)
const at = (path: string) => pathToFileURL(join(root, path)).href
/** Node resolves links before it loads a module. */
const loads = followLoads(pathToFileURL(join(realpathSync(join(root, "dist")), "main.js")).href, join(root, entry))
const printed: Array<unknown> = []
const load = (path: string) =>
  import(at(path)).then(
    ({ default: value }: { default: unknown }) => value,
    (error: unknown) => `refused: ${error instanceof Error ? error.message : ""}`
  )
/** Asks for a native addon as CommonJS does. */
const native = (path: string) =>
  Result.match(
    Result.try(() => createRequire(at("bin/comporta.js"))(join(root, path))),
    {
      onSuccess: () => "loaded",
      onFailure: (error) => (error instanceof Error ? error.message : "")
    }
  )

await Effect.gen(function* () {
  const shipped = yield* ShippedFiles
  yield* shipped.onRefused((path) => printed.push({ reported: path }))
  for (const step of steps) {
    const [what = "", path = ""] = step.split("=")
    if (what === "load") printed.push(yield* Effect.promise(() => load(path)))
    if (what === "change") appendFileSync(join(root, path), "\n// changed\n")
    if (what === "restore") {
      const text = readFileSync(join(root, path), "utf8")
      writeFileSync(join(root, path), text.replace("\n// changed\n", ""))
    }
    if (what === "native") printed.push(native(path))
    if (what === "replace-node") renameSync(join(root, path), process.execPath)
    if (what === "node") printed.push(yield* shipped.nodeDigest)
    if (what === "compare") printed.push(yield* shipped.differences)
    if (what === "discard") yield* shipped.discard
    if (what === "release") printed.push(runningRelease(loads).digest ?? "source")
    if (what === "manifest") printed.push(typeof shipped.manifest === "string" ? shipped.manifest : "read")
  }
}).pipe(Effect.provide(layer(loads)), Effect.runPromise)
process.stdout.write(JSON.stringify(printed))
