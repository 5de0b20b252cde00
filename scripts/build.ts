import { rm } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")

/** Native helpers that `ws` asks for and does without. */
const optional = ["bufferutil", "utf-8-validate"]

const [entry = "src/main.ts", folder = "dist"] = process.argv.slice(2)
const output = resolve(root, folder)

await using bundle = await rolldown({
  cwd: root,
  input: { main: resolve(root, entry) },
  platform: "node",
  external: optional,
  onLog: (level, log, handle) => handle(log.code === "UNRESOLVED_IMPORT" ? "error" : level, log)
})
await rm(output, { recursive: true, force: true })
await bundle.write({
  dir: output,
  format: "esm",
  minify: false,
  sourcemap: true,
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js"
})
