import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { reportOf } from "../../scripts/image/build-report.ts"
import { recordFrom } from "../../scripts/release/record.ts"
import { sha256 } from "../../scripts/sha256.ts"
import { canonicalJson } from "../../src/domain/json.ts"
import type { Manifest } from "../../src/release/manifest.ts"
import { digest } from "./sample.ts"

const root = resolve(fileURLToPath(import.meta.url), "../../..")
const { engines, version }: { readonly engines: { readonly node: string }; readonly version: string } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8")
)
const commit = "0123456789abcdef0123456789abcdef01234567"

const manifest: Manifest = {
  v: 1,
  version,
  node: { version: engines.node, platform: "linux-x64", digest: digest("d") },
  files: { LICENSE: digest("1") },
  components: { core: digest("c1"), storage: digest("c2"), "connector:whatsapp": digest("c3") },
  inert: ["LICENSE"]
}
const release = sha256(canonicalJson({ ...manifest }))

/** A build as `npm run image -- --platform linux/amd64 --json` prints it. */
const built = {
  ...reportOf({
    commit,
    builder: { name: "buildkit", version: "0.34.2" },
    platform: "linux/amd64",
    image: digest("b"),
    manifest: release,
    startedAt: 1_790_000_000_000
  }),
  node: digest("d"),
  output: "/somewhere/dist-image"
}

const again = { ...built, startedAt: built.startedAt + 60_000 }

const summary = { v: 1, files: [{ path: "test/plugins/whatsapp/send.test.ts", passed: 3, failed: 0, skipped: 0 }] }

const published = {
  "sbom.spdx.json": { spdxVersion: "SPDX-2.3" },
  "check.json": { v: 1, steps: { lint: "passed" } },
  "test.json": summary,
  "faults.json": summary
}

/** Makes a record of the files, with some of them replaced. */
const made = (replaced: Readonly<Record<string, unknown>> = {}) =>
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-record-"))),
    (folder) => {
      const files = {
        ...published,
        "manifest.json": manifest,
        "build-1.json": built,
        "build-2.json": again,
        ...replaced
      }
      for (const [name, content] of Object.entries(files))
        writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content))
      const at = (name: string) => join(folder, name)
      return recordFrom({
        root,
        commit,
        recordedAt: 1_790_000_000_000,
        manifests: [at("manifest.json")],
        builds: [at("build-1.json"), at("build-2.json")],
        folder,
        pending: false
      })
    },
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )

describe("record from files", () => {
  it.effect("a record is made of the printed build, the manifest and the results", () =>
    Effect.gen(function* () {
      const record = yield* made()
      const { image, manifest: recorded } = record.platforms["linux-x64"] ?? assert.fail("no platform linux-x64")
      assert.deepStrictEqual([image, recorded], [digest("b"), release])
      const { builder, platform } = built
      const one = { builder, platform, image: digest("b"), manifest: release }
      assert.deepStrictEqual(record.builds, [one, one])
      assert.strictEqual(record.node.engines, record.node.dockerfile)
      const results = record.results === "pending" ? assert.fail("the results are pending") : record.results
      assert.deepInclude(results.conformance["whatsapp"], { passed: 3, failed: 0, skipped: 0 })
      assert.strictEqual(record.files["check.json"], sha256(JSON.stringify(published["check.json"])))
    })
  )

  it.effect("a file may hold several builds, one on each line", () =>
    Effect.gen(function* () {
      const lines = `${JSON.stringify(built)}\n${JSON.stringify(again)}\n`
      const { builds } = yield* made({ "build-1.json": lines, "build-2.json": "" })
      assert.lengthOf(builds, 2)
    })
  )

  it.effect.each([
    ["two copies of the report of one build", { "build-2.json": built }, /build-2.json: expected another build/],
    [
      "a build of another commit",
      { "build-1.json": { ...built, commit: "f".repeat(40) } },
      /expected a build of commit/
    ],
    ["a build without a manifest", { "build-1.json": { ...built, manifest: undefined } }, /build-1.json: a member/],
    [
      "a build of another platform alone",
      { "build-1.json": { ...built, platform: "linux-arm64" }, "build-2.json": "" },
      /no build of linux-x64/
    ],
    ["a manifest of another version", { "manifest.json": { ...manifest, version: "0.0.1" } }, /expected version/],
    ["a file that is no manifest", { "manifest.json": {} }, /expected the manifest of a release/],
    ["results without counts", { "test.json": { v: 1 } }, /test.json: a member/]
  ] as const)("a record is refused for %s", ([, replaced, reason]) =>
    Effect.map(Effect.flip(made(replaced)), ({ message }) => assert.match(message, reason))
  )
})
