// Adds the missing platform builds of optional tools to the lock file, by exact version and platform. `npm ci` refuses a
// lock file without them, and npm leaves out those that the registry does not offer. Their integrity is unknown, so they get
// a digest that no package has: npm then skips such a package. Without a digest npm would install any package that it
// receives. Run it after `npm install`.
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"]
const processors = ["arm", "arm64", "ia32", "ppc64", "riscv64", "s390x", "wasm32", "x64"]

/** A digest that no package has. */
export const unknownIntegrity = `sha512-${"A".repeat(86)}==`

const nearest = (packages, from, name) => {
  const own = packages[`${from}/node_modules/${name}`]
  const outer = from.lastIndexOf("/node_modules/")
  if (own !== undefined) return own
  return outer === -1 ? packages[`node_modules/${name}`] : nearest(packages, from.slice(0, outer), name)
}

const entryOf = (name, version, dev) => {
  const words = name.split(/[-./]/)
  const cpu = processors.filter((word) => words.includes(word))
  const os = systems.filter((word) => words.includes(word))
  return {
    version,
    integrity: unknownIntegrity,
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    optional: true,
    ...(os.length > 0 && { os })
  }
}

/** Returns the packages of the lock file, completed by every exactly pinned optional dependency. */
export const completed = (packages) => {
  const all = { ...packages }
  for (const [from, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(from === "" ? {} : optionalDependencies)) {
      const found = nearest(all, from, name)
      if (found?.version === version || !/^\d+\.\d+\.\d+$/.test(version)) continue
      all[`${found === undefined ? "" : `${from}/`}node_modules/${name}`] = entryOf(name, version, dev)
    }
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = fileURLToPath(new URL("../package-lock.json", import.meta.url))
  const lock = JSON.parse(readFileSync(path, "utf8"))
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: completed(lock.packages) }, null, 2)}\n`)
}
