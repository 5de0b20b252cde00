import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type Image, readImage } from "../../../scripts/image/layout.ts"
import { root } from "../../house/imports.ts"
import { registry } from "./registry.ts"
import { standIns } from "./stand-ins.ts"

/** The builder failed; its output is in the message. */
class NotBuilt extends Data.TaggedError("NotBuilt")<{ readonly message: string }> {}

/** Gives Buildah a store of its own, and lets it read the registry of stand-ins, which speaks plain HTTP. */
const buildahEnvironment = (folder: string, address: string) => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  mkdirSync(join(folder, "storage"))
  return {
    BUILDAH_ISOLATION: "chroot",
    CONTAINERS_CONF: write("containers.conf", ""),
    CONTAINERS_REGISTRIES_CONF: write("registries.conf", `[[registry]]\nlocation = "${address}"\ninsecure = true\n`),
    CONTAINERS_STORAGE_CONF: write(
      "storage.conf",
      `[storage]\ndriver = "vfs"\nrunroot = "${folder}/storage/run"\ngraphroot = "${folder}/storage/graph"\n`
    )
  }
}

export interface Built {
  readonly image: Image
  readonly report: string
  readonly printed: string
}

/** Runs `npm run image` in a process of its own, over stand-ins for both bases, and reads the image. */
export const builderOf = (name: string) =>
  Effect.gen(function* () {
    const { blobs, build, run } = standIns()
    const address = yield* registry(blobs)
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-image-check-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    )
    const env = { ...process.env, ...buildahEnvironment(folder, address) }
    const npmrc = process.env["npm_config_userconfig"] ?? ""
    const of = (architecture: "amd64" | "arm64", ...more: ReadonlyArray<string>) =>
      Effect.promise(async () => {
        const output = join(folder, architecture)
        const options = {
          builder: name,
          platform: `linux/${architecture}`,
          output,
          "build-base": `${address}/build@${build}`,
          "run-base": `${address}/run@${run}`,
          ...(existsSync(npmrc) ? { npmrc } : {})
        }
        const words = Object.entries(options).map(([flag, value]) => `--${flag}=${value}`)
        const child = spawn(process.execPath, ["scripts/image/main.ts", ...words, "--json", ...more], {
          cwd: root,
          env
        })
        let report = ""
        let printed = ""
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => (report += chunk))
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk))
        const [code]: ReadonlyArray<unknown> = await once(child, "close")
        return { code, report, printed, output }
      }).pipe(
        Effect.flatMap(({ code, report, printed, output }) =>
          code === 0
            ? Effect.sync((): Built => ({ image: readImage(output), report, printed }))
            : Effect.fail(new NotBuilt({ message: `npm run image ended with ${code}:\n${printed}` }))
        )
      )
    return { of, blobs, runBase: run }
  })
