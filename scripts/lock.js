// `npm ci` refuses a lock file that lacks some platform's build of a tool, and npm leaves out those that the registry does
// not offer. This writes them in, by exact version and platform. Nobody knows their integrity, so they get one that
// nothing has: npm then leaves such a package out, where without one it would install whatever it is given. Run it after
// `npm install`.
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

/** The lock file's packages with every exactly pinned optional dependency in them. */
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
