import * as Effect from "effect/Effect"
import { assert, describe, it } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import { isInert, type Manifest, readManifest, releaseDigest } from "../../src/release/manifest.ts"

const digest = (digit: string) => `sha256:${digit.repeat(64)}`

const manifest: Manifest = {
  v: 1,
  version: "1.2.3",
  node: { version: "24.21.0", platform: "linux-x64", digest: digest("a") },
  files: { "dist/main.js": digest("b"), LICENSE: digest("c") },
  components: { core: digest("d"), "connector:whatsapp": digest("e") },
  inert: ["LICENSE"]
}

describe("manifest", () => {
  it("a manifest that is read is the one that was written, whatever the order of its members", () => {
    const { v, version, ...rest } = manifest
    assert.deepStrictEqual(readManifest(JSON.stringify({ ...rest, version, v })), manifest)
  })

  it.each([
    ["another version of the form", { ...manifest, v: 2 }],
    ["an unknown member", { ...manifest, extra: 1 }],
    ["a path out of the package", { ...manifest, files: { "../etc/passwd": digest("b") } }],
    ["a path with a step upwards", { ...manifest, files: { "dist/../../a.js": digest("b") } }],
    ["an absolute path", { ...manifest, files: { "/etc/passwd": digest("b") } }],
    ["a digest of another kind", { ...manifest, files: { LICENSE: "sha1:00" } }],
    ["a component without a name", { ...manifest, components: { "connector:": digest("b") } }]
  ])("a manifest with %s is rejected", (_, wrong) => {
    assert.isUndefined(readManifest(JSON.stringify(wrong)))
  })

  it("a text that is no JSON is rejected", () => assert.isUndefined(readManifest("manifest")))

  it("texts, source maps and types are inert, programs are not", () => {
    for (const path of ["LICENSE", "README.md", "dist/main.js.map", "dist/client/index.d.ts"])
      assert.isTrue(isInert(path))
    for (const path of ["package.json", "dist/main.js", "bin/health.js", "dist/LICENSE.js"])
      assert.isFalse(isInert(path))
  })

  it.effect("the digest depends on every byte and on no order", () =>
    Effect.gen(function* () {
      const { inert, ...rest } = manifest
      const first = yield* releaseDigest(manifest)
      assert.match(first, /^sha256:[0-9a-f]{64}$/)
      assert.strictEqual(yield* releaseDigest({ inert, ...rest }), first)
      assert.notStrictEqual(yield* releaseDigest({ ...manifest, files: { LICENSE: digest("0") } }), first)
    }).pipe(Effect.provide(Digest.layerWebCrypto))
  )
})
