import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, posix, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"

export const root = resolve(fileURLToPath(import.meta.url), "../../..")

/** One file of the tree: its path from the root with `/`, and its text. */
export interface Source {
  readonly path: string
  readonly text: string
}

/** One import or re-export; `target` is a path from the root for a relative one, else the specifier as written. */
export interface Import {
  readonly from: string
  readonly target: string
  readonly typeOnly: boolean
}

const skipped = new Set(["dist-image", "dist-image-again", "node_modules", ".git", "dist", "coverage"])

/** Every file under the folder, what was installed or built aside. */
export const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesUnder(path) : [path]
  })

export const sourcesIn = (...folders: ReadonlyArray<string>): ReadonlyArray<Source> =>
  folders
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap(filesUnder)
    .filter((path) => /\.[cm]?[jt]sx?$/.test(path))
    .map((path) => ({ path: relative(root, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") }))

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "")

const statement = /\b(?:import|export)\s+(type\s)?\s*(?:([\w*${][^"'`;=]*?)\s*from\s*)?(["'])([^"'\n]+)\3/g
const call = /\b(?:import|require)\s*\(\s*(["'`])([^"'`\n]+)\1/g

const onlyTypes = (names: string | undefined) => {
  const inner = /^\{([^}]*)\}$/.exec(names?.trim() ?? "")?.[1]
  const listed = (inner ?? "").split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]))
  return listed.length > 0 && listed.every((name) => name.startsWith("type "))
}

const targetOf = (from: string, specifier: string) =>
  specifier.startsWith(".") ? posix.normalize(posix.join(posix.dirname(from), specifier)) : specifier

export const importsOf = (source: Source): ReadonlyArray<Import> => {
  const text = withoutComments(source.text)
  const at = (specifier: string, typeOnly: boolean): Import => ({
    from: source.path,
    target: targetOf(source.path, specifier),
    typeOnly
  })
  return [
    ...Array.from(text.matchAll(statement), ([, type, names, , specifier]) =>
      at(specifier ?? "", type !== undefined || onlyTypes(names))
    ),
    ...Array.from(text.matchAll(call), ([, , specifier]) => at(specifier ?? "", false))
  ]
}
