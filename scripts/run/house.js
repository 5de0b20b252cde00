import { readFileSync, realpathSync } from "node:fs"
import { delimiter, dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { say } from "./child.js"

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..")

const read = (path) => JSON.parse(readFileSync(path, "utf8"))
const manifest = read(resolve(root, "package.json"))

/** `engines.node` is the one place that states the version. */
const pinned = manifest.engines.node

const binaries = resolve(root, "node_modules/.bin")

/** The search path without what this repository installed. */
export const outerPath = () =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== binaries)
    .join(delimiter)

export const environment = () => ({ ...process.env, PATH: `${binaries}${delimiter}${outerPath()}` })

const packaged = () => {
  try {
    const binary = realpathSync(resolve(binaries, "node"))
    return read(resolve(dirname(binary), "../package.json")).version === pinned ? binary : undefined
  } catch {
    return undefined
  }
}

/** The pinned Node: this one where it is right, else the one from npm; says what to install where there is none. */
export const node = () => {
  if (process.version === `v${pinned}`) return process.execPath
  const found = packaged()
  if (found === undefined) say(`comporta needs Node ${pinned}; this is ${process.version}: install it and run again`)
  return found
}

const parts = ["lint", "types", "effect", "format", "build"]

/** What `npm run check` consists of, each as package.json has it. */
export const checks = () => parts.map((name) => [name, manifest.scripts[name]])
