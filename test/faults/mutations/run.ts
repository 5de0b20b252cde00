import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { type Mutation, mutations } from "./mutations.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const copy = mkdtempSync(join(tmpdir(), "comporta-mutations-"))
process.once("exit", () => rmSync(copy, { recursive: true, force: true }))

for (const part of ["src", "layers", "plugins", "test", "docs", "package.json", "tsconfig.json", "vitest.config.ts"]) {
  cpSync(join(root, part), join(copy, part), { recursive: true })
}
symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))

/** Names of the tests that failed; none where all passed. */
const failing = (tests: ReadonlyArray<string>): ReadonlyArray<string> => {
  const vitest = join(root, "node_modules/vitest/vitest.mjs")
  const file = join(copy, "report.json")
  const how = ["--reporter=json", `--outputFile=${file}`, "--testTimeout=20000", "--bail=3"]
  spawnSync(process.execPath, [vitest, "run", ...how, ...tests], { cwd: copy, stdio: "ignore" })
  const report = JSON.parse(readFileSync(file, "utf8"))
  rmSync(file)
  return report.testResults.flatMap((file: { assertionResults: ReadonlyArray<{ status: string; title: string }> }) =>
    file.assertionResults.filter(({ status }) => status === "failed").map(({ title }) => title)
  )
}

const tried = ({ file, from, to, tests }: Mutation): ReadonlyArray<string> => {
  const path = join(copy, file)
  const right = readFileSync(path, "utf8")
  if (right.split(from).length !== 2) return []
  writeFileSync(
    path,
    right.replace(from, () => to)
  )
  const found = failing(tests)
  writeFileSync(path, right)
  return found
}

console.log("| mutation | seen by |\n|---|---|")
for (const mutation of mutations) {
  const found = tried(mutation)
  const [first = "nothing"] = found
  console.log(`| ${mutation.name} | ${found.length === 0 ? "**nothing**" : `${found.length}: ${first}`} |`)
  if (found.length === 0) process.exitCode = 1
}
