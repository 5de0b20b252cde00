import { execFileSync, spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import process, { env } from "node:process"
import { fileURLToPath } from "node:url"
import { sha256 } from "./sha256.ts"
import { treeDifferences } from "./manifest/tree-differences.ts"

/*
 * Builds the repository twice: in two folders of another depth, under another umask, time zone, language and clock. Prints
 * each difference of the two builds, and exits 1 if there is one. Prints the digest of the release if there is none.
 */

const root = resolve(fileURLToPath(import.meta.url), "../..")
const left = new Set(["node_modules", "dist", ".git"])

/** Circumstances that must not change a build. `days`: how far the clock of the build is set forward. */
interface Circumstances {
  readonly folder: string
  readonly umask: string
  readonly days: number
  readonly variables: Readonly<Record<string, string>>
}

const circumstances: ReadonlyArray<Circumstances> = [
  { folder: "one", umask: "022", days: 0, variables: { TZ: "UTC", LC_ALL: "C" } },
  {
    folder: "two/in a/deeper folder",
    umask: "077",
    days: 4_000,
    variables: { TZ: "Pacific/Kiritimati", LC_ALL: "C.UTF-8" }
  }
]

/** Returns a module that sets the clock of JavaScript forward. */
const clock = (days: number) => {
  const text = `const now = Date.now; globalThis.Date = class extends Date {
    constructor(...given) { super(...(given.length === 0 ? [now() + ${days * 86_400_000}] : given)) }
    static now() { return now() + ${days * 86_400_000} }
  }`
  return `data:text/javascript,${encodeURIComponent(text)}`
}

const copyTo = (folder: string) => {
  mkdirSync(folder, { recursive: true })
  cpSync(root, folder, { recursive: true, filter: (path) => resolve(path, "..") !== root || !left.has(basename(path)) })
  const packages = [join(root, "node_modules"), join(folder, "node_modules")]
  const linked = spawnSync("cp", ["-al", ...packages], { stdio: "ignore" })
  if (linked.status === 0) return
  rmSync(join(folder, "node_modules"), { recursive: true, force: true })
  execFileSync("cp", ["-a", ...packages])
}

const build = (base: string, { days, folder, umask, variables }: Circumstances) => {
  const at = join(base, folder)
  copyTo(at)
  const command = 'umask "$1"; shift; exec "$@"'
  const words = ["-c", command, "sh", umask, process.execPath, "--import", clock(days), "scripts/build.ts"]
  execFileSync("sh", words, { cwd: at, env: { PATH: env["PATH"], ...variables }, stdio: "inherit" })
  return join(at, "dist")
}

const base = mkdtempSync(join(tmpdir(), "comporta-reproduce-"))
try {
  const [one = "", other = ""] = circumstances.map((each) => build(base, each))
  const differences = treeDifferences(one, other)
  const digest = sha256(readFileSync(join(one, "manifest.json")))
  console.log(
    differences.length === 0
      ? `reproduce: both builds are the release ${digest}`
      : `reproduce: ${differences.length} differences\n${differences.join("\n")}`
  )
  process.exitCode = differences.length === 0 ? 0 : 1
} finally {
  rmSync(base, { recursive: true, force: true })
}
