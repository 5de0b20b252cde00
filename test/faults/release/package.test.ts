import { execFileSync, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import process, { env } from "node:process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll } from "vitest"
import { whatsapp } from "../../../plugins/whatsapp/index.ts"
import { instagram } from "../../../plugins/instagram/index.ts"
import { messenger } from "../../../plugins/messenger/index.ts"
import { readManifest } from "../../../src/release/manifest.ts"
import { launch, launched } from "../../support/program.ts"
import { checksOf, failedIn, stagingSetup } from "../../support/staging.ts"

const root = resolve(fileURLToPath(import.meta.url), "../../../..")
const base = mkdtempSync(join(tmpdir(), "comporta-package-"))
const shipped = join(base, "shipped")

beforeAll(() => {
  mkdirSync(shipped)
  for (const path of ["package.json", "bin", "LICENSE", "README.md", "CHANGELOG.md"]) {
    cpSync(join(root, path), join(shipped, path), { recursive: true })
  }
  const args = ["scripts/build.ts", "src/main.ts", join(shipped, "dist")]
  const built = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" })
  assert.strictEqual(built.status, 0, built.stderr)
}, 180_000)
afterAll(() => rmSync(base, { recursive: true, force: true }))

const sha256 = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`
const textOf = (folder: string) => readFileSync(join(folder, "dist/manifest.json"), "utf8")
const manifestOf = (folder: string) => readManifest(textOf(folder)) ?? assert.fail("no manifest")

let count = 0
const copy = () => {
  const folder = join(base, `copy-${count++}`)
  cpSync(shipped, folder, { recursive: true })
  return folder
}

describe("manifest of the package", () => {
  it("G39 the manifest lists exactly the files that npm packs, except for itself", () => {
    const npm = env["npm_execpath"] ?? "npm"
    const words = ["pack", "--dry-run", "--json", "--ignore-scripts"]
    const [file, args] = npm.endsWith(".js") ? [process.execPath, [npm, ...words]] : [npm, words]
    const [packed] = JSON.parse(execFileSync(file, args, { cwd: shipped, encoding: "utf8" }))
    const paths: ReadonlyArray<string> = packed.files.map(({ path }: { readonly path: string }) => path)
    const { files } = manifestOf(shipped)
    assert.sameMembers(
      Object.keys(files),
      paths.filter((path) => path !== "dist/manifest.json")
    )
    for (const [path, digest] of Object.entries(files)) {
      assert.strictEqual(digest, sha256(readFileSync(join(shipped, path))), path)
    }
  })

  it("G39 the manifest names the Node that built it, and one component for each built-in connector", () => {
    const { components, node, version } = manifestOf(shipped)
    const connectors = [whatsapp, instagram, messenger].map(({ id }) => `connector:${id}`)
    assert.sameMembers(Object.keys(components), ["core", "storage", ...connectors])
    assert.deepStrictEqual(node, {
      version: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      digest: sha256(readFileSync(process.execPath))
    })
    assert.strictEqual(version, JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version)
  })

  it("no source map names a folder of the machine that built it", () => {
    const maps = readdirSync(join(shipped, "dist"), { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith(".map")
    )
    assert.isNotEmpty(maps)
    for (const path of maps) {
      const { sources }: { readonly sources: ReadonlyArray<string> } = JSON.parse(
        readFileSync(join(shipped, "dist", path), "utf8")
      )
      for (const source of sources) assert.match(source, /^(\.\.\/){1,2}(src|layers|plugins|node_modules)\/|^\0/, path)
    }
  })
})

describe("built program in staging", () => {
  const house = Effect.gen(function* () {
    const { installed, store } = yield* stagingSetup
    assert.strictEqual((yield* store("init", "--partitions", "4")).code, 0)
    const refusal = (folder: string) =>
      Effect.gen(function* () {
        const entry = join(folder, "bin/comporta.js")
        const { ended } = yield* launch(["serve", "--config", installed.file], { entry })
        const { code, lines } = yield* ended
        return { code, checks: checksOf(lines.at(-1)) }
      }).pipe(Effect.scoped)
    return { installed, refusal }
  })

  it.live("G39 the built program starts, and each line and the metrics name its release", () =>
    Effect.gen(function* () {
      const { installed } = yield* house
      const { listens, program } = yield* launched(installed.file, installed.port, {
        entry: join(shipped, "bin/comporta.js")
      })
      yield* listens
      const digest = sha256(Buffer.from(textOf(shipped)))
      const [line] = yield* program.line("boot.validated")
      const checks = checksOf(line)
      assert.deepStrictEqual(failedIn(checks), [])
      assert.strictEqual(checks.get("release.files")?.problem, "")
      assert.strictEqual(checks.get("release.node")?.state, "ok")
      assert.strictEqual(line?.["manifest"], digest)
      for (const one of program.lines.all) assert.strictEqual(one["release"], digest.slice(7, 19))
      const metrics = (yield* program.get("/metrics")).text
      assert.match(metrics, new RegExp(`comporta_build_info\\{[^}]*release="${digest.slice(7, 19)}"[^}]*\\} 1`))
    })
  )

  it.live("G39 one changed byte refuses the start with the name of the file, and another Node binary does too", () =>
    Effect.gen(function* () {
      const { refusal } = yield* house
      const chunk = readdirSync(join(shipped, "dist/chunks")).find((path) => /^simulator.*\.js$/.test(path)) ?? ""
      const changed = copy()
      appendFileSync(join(changed, "dist/chunks", chunk), "\n")
      const added = copy()
      writeFileSync(join(added, "dist/added.js"), "")
      const renamed = copy()
      const text = textOf(renamed).replace(manifestOf(renamed).node.digest, `sha256:${"0".repeat(64)}`)
      writeFileSync(join(renamed, "dist/manifest.json"), text)
      for (const [folder, check, problem] of [
        [changed, "release.files", `dist/chunks/${chunk} was changed`],
        [added, "release.files", "dist/added.js is not in the manifest"],
        [renamed, "release.node", "expected the Node binary of the build"]
      ] as const) {
        const { checks, code } = yield* refusal(folder)
        assert.strictEqual(code, 78)
        assert.deepStrictEqual(failedIn(checks), [check])
        assert.include(checks.get(check)?.problem, problem)
      }
    })
  )

  it.live("G39 a run from source starts in staging, and its report says that nothing was compared", () =>
    Effect.gen(function* () {
      const { installed } = yield* house
      const program = yield* installed.start
      const [line] = yield* program.line("boot.validated")
      assert.include(checksOf(line).get("release.files")?.problem, "runs from source")
      assert.isUndefined(line?.["manifest"])
      assert.strictEqual(line?.["release"], "source")
    })
  )
})
