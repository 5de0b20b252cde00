import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, lstatSync, lutimesSync, mkdirSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import * as Schema from "effect/Schema"

const root = resolve(fileURLToPath(import.meta.url), "../../..")

const Package = Schema.fromJsonString(Schema.Struct({ files: Schema.Array(Schema.String) }))

/** Returns what the package consists of. The image has the same, and the manifest in `dist` names each file of it. */
const parts = (): ReadonlyArray<string> => {
  const text = readFileSync(join(root, "package.json"), "utf8")
  return ["package.json", ...Schema.decodeUnknownSync(Package)(text).files]
}

/** Returns every path below a folder, the folder last. */
const below = (folder: string): ReadonlyArray<string> => [
  ...readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)]
  ),
  folder
]

/** Gives every file and folder the mode and the time that do not depend on the machine that builds. */
const normalize = (folder: string, epoch: number) => {
  for (const path of below(folder)) {
    const { mode } = lstatSync(path)
    chmodSync(path, mode & 0o40000 || mode & 0o100 ? 0o755 : 0o644)
    lutimesSync(path, epoch, epoch)
  }
}

/**
 * Lays out the files of the image in `to`, with the time `epoch`. Runs in the build stage; `target` holds the packages of the
 * target platform, among them its Node.
 */
const assemble = (target: string, to: string, epoch: number) => {
  const name = readdirSync(join(target, "node_modules")).find((one) => one.startsWith("node-linux-")) ?? ""
  const node = join(target, "node_modules", name)
  const platform = name.replace("node-", "")
  const build = ["scripts/build.ts", "--node", join(node, "bin/node"), "--platform", platform]
  execFileSync(process.execPath, build, { cwd: root, stdio: "inherit" })
  const at = (...path: ReadonlyArray<string>) => join(to, ...path)
  for (const folder of ["opt/comporta", "opt/node/bin", "etc/comporta"]) mkdirSync(at(folder), { recursive: true })
  for (const part of parts()) cpSync(join(root, part), at("opt/comporta", part), { recursive: true })
  cpSync(join(node, "bin/node"), at("opt/node/bin/node"))
  cpSync(join(node, "LICENSE"), at("opt/node/LICENSE"))
  normalize(to, epoch)
}

const [target = "/target", to = "/image", epoch = "0"] = process.argv.slice(2)
assemble(target, to, Number(epoch))
