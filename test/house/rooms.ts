import type { Import } from "./imports.ts"

const below = ["domain", "connector"]
const kept = [...below, "config", "secrets", "log"]
const lanes = [...kept, "concurrency", "identity", "metrics", "observe", "partition", "audit", "deployment"]
const flows = [...lanes, "outbound", "inbound"]
const judged = [...flows, "attestation", "release", "gate", "boot", "explain", "readiness"]

/** Which rooms of src a room may import, itself aside (`docs/architecture.md`). */
const mayImport: Readonly<Record<string, ReadonlyArray<string>>> = {
  domain: [],
  concurrency: ["domain"],
  connector: ["domain"],
  config: [...below, "secrets"],
  secrets: [...below, "log"],
  log: below,
  attestation: ["domain"],
  release: ["domain", "attestation"],
  identity: [...below, "secrets"],
  metrics: [],
  observe: below,
  partition: kept,
  audit: kept,
  deployment: kept,
  gate: ["domain", "attestation", "release"],
  outbound: lanes,
  inbound: [...lanes, "outbound"],
  explain: flows,
  boot: [...flows, "attestation", "release", "gate"],
  readiness: [...flows, "attestation", "release", "gate", "boot"],
  http: judged,
  client: ["domain"],
  app: [...judged, "http"],
  lab: [...judged, "http", "app", "client"],
  cli: [...judged, "http", "app", "lab"],
  main: [...judged, "http", "app", "lab", "cli"]
}

/** What a room may import from outside beside effect. */
const packages: Readonly<Record<string, ReadonlyArray<string>>> = {
  config: ["yaml"],
  client: ["standardwebhooks"],
  app: ["@effect/platform-node", "node:http"],
  lab: ["standardwebhooks"],
  main: ["@effect/platform-node", "node:http", "node:process"]
}
const typesOnly: Readonly<Record<string, ReadonlyArray<string>>> = { http: ["node:http"], client: ["node:http"] }

/** Files that belong to another room than their folder says. */
const elsewhere: Readonly<Record<string, string>> = { "src/app/main-layers.ts": "main", "src/version.ts": "domain" }

/** Returns the room of a file: `src/outbound/send/claim.ts` is in `outbound`. */
const roomOf = (path: string) => elsewhere[path] ?? path.split("/")[1]?.replace(/\.ts$/, "") ?? ""

const isPath = (target: string) => /^(src|layers|plugins|test|scripts|examples)\//.test(target)
const packageOf = (target: string) =>
  target
    .split("/")
    .slice(0, target.startsWith("@") ? 2 : 1)
    .join("/")

const barrel = /^(effect(\/(index|[a-z][a-z-]*(\/index)?))?|@effect\/[a-z-]+)$/
const barrelsAllowed = new Set(["@effect/vitest", "effect/testing"])

/** Effect modules that reach outside the program; a connector has none of them, its simulator those of HTTP. */
const reaching =
  /^effect\/(ai|cli|cluster|crypto|devtools|eventlog|http|http-api|net|observability|persistence|process|rpc|socket|sql|workers|workflow)\/|^effect\/(FileSystem|Path|Stdio|Terminal|Console|Config|ConfigProvider|ManagedRuntime|Runtime)$/

const insideSrc = ({ from, target, typeOnly }: Import): string | undefined => {
  const room = roomOf(from)
  const rooms = mayImport[room]
  if (rooms === undefined) return `${room} is no room of src`
  if (target.startsWith("src/")) {
    const other = roomOf(target)
    return other === room || rooms.includes(other) ? undefined : `${room} may not import ${other}`
  }
  if (/^(layers|plugins)\//.test(target))
    return room === "main" ? undefined : "only main-layers.ts names layers and plugins"
  if (isPath(target)) return "src imports nothing beside it"
  const name = packageOf(target)
  if (name === "effect" || packages[room]?.includes(name)) return undefined
  return typeOnly && typesOnly[room]?.includes(name) ? undefined : `${room} may not import ${name}`
}

const insidePlugins = ({ from, target }: Import): string | undefined => {
  const plugin = from.split("/")[1]
  const folders = [`plugins/${plugin}/`, "plugins/meta/", "src/connector/", "src/domain/"]
  if (isPath(target)) return folders.some((folder) => target.startsWith(folder)) ? undefined : "not for a plugin"
  if (packageOf(target) !== "effect") return "a plugin imports no package but effect"
  const simulated = from.includes("/simulator/") && target.startsWith("effect/http/")
  return reaching.test(target) && !simulated ? "a plugin reaches outside through its contract only" : undefined
}

const insideLayers = ({ target }: Import): string | undefined => {
  if (/^(plugins|test|scripts|examples)\//.test(target)) return "layers implement src and know nothing beside it"
  const declares = [...judged, "http"]
  return target.startsWith("src/") && !declares.includes(roomOf(target)) ? "layers implement services only" : undefined
}

/** Pages for a browser know nothing of the program: they speak HTTP with it. */
const insideWeb = ({ target }: Import): string | undefined => {
  if (isPath(target)) return "a page knows nothing of the program"
  return target.startsWith("web/") || packageOf(target) === "preact"
    ? undefined
    : "a page imports no package but preact"
}

const rules: ReadonlyArray<readonly [string, (found: Import) => string | undefined]> = [
  ["src/", insideSrc],
  ["plugins/", insidePlugins],
  ["layers/", insideLayers],
  ["web/", insideWeb]
]

/** What is wrong with one import, or `undefined`. */
export const mistakeOf = (found: Import): string | undefined => {
  if (barrel.test(found.target) && !barrelsAllowed.has(found.target)) return "effect is imported by subpath"
  return rules.find(([folder]) => found.from.startsWith(folder))?.[1](found)
}

export const mistakesIn = (imports: ReadonlyArray<Import>): ReadonlyArray<string> =>
  imports.flatMap((found) => {
    const mistake = mistakeOf(found)
    return mistake === undefined ? [] : [`${found.from} -> ${found.target}: ${mistake}`]
  })
