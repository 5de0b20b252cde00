import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { guardLoads, releaseChecks } from "../../src/boot/release-checks.ts"
import type { Manifest } from "../../src/release/manifest.ts"
import { releaseName, type ShippedFiles } from "../../src/release/shipped-files.ts"
import * as FakeLog from "../fakes/log.ts"
import { shippedFilesWith, sourceRelease } from "../fakes/shipped-files.ts"

const digest = (digit: string) => `sha256:${digit.repeat(64)}`

const manifest: Manifest = {
  v: 1,
  version: "0.1.0",
  node: { version: "24.21.0", platform: "linux-x64", digest: digest("a") },
  files: { "dist/main.js": digest("b") },
  components: {},
  inert: []
}
const intact = { manifest, nodeDigest: Effect.succeed(digest("a")) }

const checks = (given: Partial<ShippedFiles["Service"]>, environment: "staging" | "production" = "staging") =>
  releaseChecks(environment, sourceRelease).pipe(Effect.provide(shippedFilesWith(given)))

describe("release checks", () => {
  it.effect("G39 a program whose files and Node are those of its manifest passes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* checks(intact), [
        { name: "release.files", state: "ok" },
        { name: "release.node", state: "ok" }
      ])
    })
  )

  it.effect("G39 each file that differs is named, with the way in which it differs", () =>
    Effect.gen(function* () {
      const differences = Effect.succeed([
        { path: "dist/main.js", found: "changed" as const },
        { path: "dist/chunks/a.js", found: "missing" as const },
        { path: "bin/b.js", found: "additional" as const }
      ])
      const [files] = yield* checks({ ...intact, differences })
      assert.strictEqual(files?.state, "failed")
      assert.strictEqual(
        files?.problem,
        "dist/main.js was changed, dist/chunks/a.js is missing, bin/b.js is not in the manifest"
      )
      assert.match(files?.remedy ?? "", /deploy the release again/)
    })
  )

  it.effect("G39 another Node binary than that of the build is refused, also one that cannot be read", () =>
    Effect.gen(function* () {
      for (const nodeDigest of [Effect.succeed(digest("c")), Effect.undefined]) {
        const [, node] = yield* checks({ ...intact, nodeDigest })
        assert.strictEqual(node?.state, "failed")
      }
    })
  )

  it.effect("G39 a run from source is a warning in staging and a failure in production", () =>
    Effect.gen(function* () {
      const [staging] = yield* checks({})
      assert.strictEqual(staging?.state, "ok")
      assert.match(staging?.problem ?? "", /runs from source/)
      const [production] = yield* checks({}, "production")
      assert.strictEqual(production?.state, "failed")
    })
  )

  it.effect("G39 a manifest that cannot be read fails, and no file is hashed", () =>
    Effect.gen(function* () {
      const [files] = yield* checks({ manifest: "unreadable", differences: Effect.die("was hashed") })
      assert.strictEqual(files?.state, "failed")
    })
  )

  it.effect("G39 a load that was refused after the boot is logged with its file", () =>
    Effect.gen(function* () {
      const log = yield* FakeLog.RecordedLog
      yield* guardLoads("staging")
      assert.lengthOf(log.of("release.load_refused"), 1)
      assert.include(JSON.stringify(log.of("release.load_refused")), "dist/chunks/a.js differs")
    }).pipe(
      Effect.provide(
        Layer.merge(
          FakeLog.layer,
          shippedFilesWith({ onRefused: (report) => Effect.sync(() => report("dist/chunks/a.js")) })
        )
      )
    )
  )
})

describe("name of a release", () => {
  it("the name is the beginning of the digest, or says that there is none", () => {
    assert.strictEqual(
      releaseName({ ...sourceRelease, digest: `sha256:0123456789abcdef${"0".repeat(48)}` }),
      "0123456789ab"
    )
    assert.strictEqual(releaseName(sourceRelease), "source")
  })
})
