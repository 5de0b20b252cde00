import { readFileSync, realpathSync } from "node:fs"
import { delimiter, dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { say } from "./child.js"

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..")

const read = (path) => JSON.parse(readFileSync(path, "utf8"))
const manifest = read(resolve(root, "package.json"))

/** The pinned version of Node: `engines.node` is its source. */
const pinned = manifest.engines.node

const binaries = resolve(root, "node_modules/.bin")

/** Returns the search path without the binaries that this repository installed. */
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

/**
 * Returns the path of the pinned Node: this one when its version is right, else the one from npm. Returns `undefined` and
 * reports what to install when there is neither.
 */
export const node = () => {
  if (process.version === `v${pinned}`) return process.execPath
  const found = packaged()
  if (found === undefined) say(`comporta needs Node ${pinned}; this is ${process.version}: install it and run again`)
  return found
}

const parts = ["lint", "types", "effect", "format", "build"]

/** Returns the steps of `npm run check`, each with its command of package.json. */
export const checks = () => parts.map((name) => [name, manifest.scripts[name]])
