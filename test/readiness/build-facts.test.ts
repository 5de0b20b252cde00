import { assert, layer } from "@effect/vitest"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { SigningKey } from "../../src/attestation/keys.ts"
import type { BuildRecord } from "../../src/release/build-record.ts"
import { buildFactsOf, openBuild, readBuilds } from "../../src/readiness/build-facts.ts"
import type { Trust, TrustRole } from "../../src/readiness/trust.ts"
import { cryptography, newKey } from "../attestation/keys.ts"
import { digest, results, sample, signed } from "../release/sample.ts"

const { recordedAt } = sample
const trustIn = (key: SigningKey, role: TrustRole = "build", more: { from?: number; until?: number } = {}): Trust => ({
  digest: digest("f"),
  keys: [{ id: key.id, role, name: "ci", from: 0, key, ...more }]
})
const facts = (record: BuildRecord) => buildFactsOf(record)[digest("a2")] ?? assert.fail("no facts of linux-x64")
const refusal = (text: string, trust: Trust) =>
  Effect.map(Effect.flip(openBuild(text, "record.json", trust)), ({ message }) => message)

layer(Layer.merge(cryptography, NodeFileSystem.layer))("facts of builds", (it) => {
  it("a build record gives the facts of each platform by the digest of its manifest", () => {
    const found = buildFactsOf(sample)
    assert.deepStrictEqual(Object.keys(found).toSorted(), [digest("a1"), digest("a2")].toSorted())
    assert.deepStrictEqual(found[digest("a2")], {
      recordedAt,
      core: digest("c4"),
      storage: digest("c2"),
      connectors: { whatsapp: digest("c3") },
      versionsAgree: true,
      equalBuilds: 2,
      results: "complete",
      suites: results.conformance
    })
    assert.strictEqual(found[digest("a1")]?.core, digest("c1"))
  })

  it("facts distinguish pending and failed results, other versions and other builds", () => {
    assert.deepInclude(facts({ ...sample, results: "pending" }), { results: "pending", suites: {} })
    const failed = { ...results, faults: { ...results.faults, failed: 1 } }
    assert.strictEqual(facts({ ...sample, results: failed }).results, "failed")
    assert.strictEqual(
      facts({ ...sample, results: { ...results, test: { ...results.test, passed: 0 } } }).results,
      "failed"
    )
    const steps = { ...results.check, steps: { lint: "failed" } } as const
    assert.strictEqual(facts({ ...sample, results: { ...results, check: steps } }).results, "failed")
    assert.isFalse(facts({ ...sample, node: { ...sample.node, dockerfile: "24.20.0" } }).versionsAgree)
    const [first, , ...rest] = sample.builds
    assert.strictEqual(facts({ ...sample, builds: [first, ...rest] }).equalBuilds, 1)
    const other = { ...first, image: digest("bb") }
    assert.strictEqual(facts({ ...sample, builds: [other, ...sample.builds] }).equalBuilds, 0)
  })

  it.effect("G41 only a record that a build key signed counts, at a time at which that key may sign", () =>
    Effect.gen(function* () {
      const [key, stranger] = [yield* newKey, yield* newKey]
      const text = yield* signed(sample, key)
      assert.deepStrictEqual(buildFactsOf(yield* openBuild(text, "record.json", trustIn(key))), buildFactsOf(sample))
      assert.include(yield* refusal(text, trustIn(key, "promote")), "role build")
      assert.include(yield* refusal(text, trustIn(stranger)), "by other keys")
      assert.include(yield* refusal(text, trustIn(key, "build", { from: recordedAt + 1 })), "of the time")
      assert.include(yield* refusal(text, trustIn(key, "build", { until: recordedAt })), "of the time")
    })
  )

  it.effect("a refused file is named with its reason, and the other files count", () =>
    Effect.gen(function* () {
      const [key, stranger] = [yield* newKey, yield* newKey]
      const folder = mkdtempSync(join(tmpdir(), "comporta-builds-"))
      const [good, bad] = [join(folder, "good.json"), join(folder, "bad.json")]
      writeFileSync(good, yield* signed(sample, key))
      writeFileSync(bad, yield* signed(sample, stranger))
      const { builds, refused } = yield* readBuilds([bad, join(folder, "none.json"), good], trustIn(key))
      assert.deepStrictEqual(builds, buildFactsOf(sample))
      assert.deepStrictEqual(
        refused.map(({ message }) => message.slice(folder.length + 1).split(",")[0]),
        [`bad.json: expected a signature by ${key.id}`, "none.json: expected a file that can be read"]
      )
    })
  )

  it.effect("the newer of two records of one manifest counts, in any order of the files", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const folder = mkdtempSync(join(tmpdir(), "comporta-builds-"))
      const [before, after] = [join(folder, "before.json"), join(folder, "after.json")]
      writeFileSync(before, yield* signed({ ...sample, results: "pending" }, key))
      writeFileSync(after, yield* signed({ ...sample, recordedAt: recordedAt + 1 }, key))
      for (const paths of [
        [before, after],
        [after, before]
      ]) {
        const { builds } = yield* readBuilds(paths, trustIn(key))
        assert.strictEqual(builds[digest("a2")]?.results, "complete")
      }
    })
  )
})
