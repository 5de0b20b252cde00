import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readSigningKey } from "../../../src/attestation/keys.ts"
import { inTotoPayload, sealEnvelope } from "../../../src/attestation/envelope.ts"
import { canonicalJson } from "../../../src/domain/json.ts"
import { cryptography, newPems, openssl } from "../../attestation/keys.ts"
import { digest, sample, signed, statementOf } from "../../release/sample.ts"
import { comporta } from "../../support/program.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-verify-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true }))
)

const manifest = { v: 1, version: "4.2.0", files: { b: digest("1"), a: digest("2") } }
const manifestText = canonicalJson(manifest)
const release = `sha256:${createHash("sha256").update(manifestText).digest("hex")}`

const arm = sample.platforms["linux-arm64"]
/** The sample, in which the release for x64 is that of the manifest above. */
const record = {
  ...sample,
  platforms:
    arm === undefined ? {} : { "linux-arm64": arm, "linux-x64": { ...arm, image: digest("b2"), manifest: release } },
  builds: [
    { ...sample.builds[0], manifest: release },
    ...sample.builds.slice(1).map((one) => (one.platform === "linux-x64" ? { ...one, manifest: release } : one))
  ] as const
}

const place = Effect.gen(function* () {
  const directory = yield* folder
  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content)
    return join(directory, name)
  }
  const pem = openssl(["genpkey", "-algorithm", "ed25519"]).toString()
  const signingKey = yield* readSigningKey(pem)
  const text = yield* signed(record, signingKey)
  const key = file("key.pub", openssl(["pkey", "-pubout"], pem).toString())
  return { file, key, signingKey, text, record: file("build-record.json", text) }
})

layer(cryptography, { excludeTestServices: true })("comporta verify-build", (it) => {
  it.effect("the command proves a record, and that manifest and image belong to it", () =>
    Effect.gen(function* () {
      const { file, key, record } = yield* place
      const given = ["--manifest", file("manifest.json", manifestText), "--commit", sample.commit]
      const image = ["--image", `registry.example/comporta@${digest("b2")}`]
      const { code, stderr, stdout } = yield* comporta(["verify-build", record, "--key", key, ...given, ...image])
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^proven {8}The given manifest is the one of linux-x64: sha256:/m)
      assert.match(stdout, /^proven {8}The given image is the one of linux-x64: sha256:/m)
      assert.match(
        stdout,
        /^proven {8}The record is of commit 0123456789abcdef0123456789abcdef01234567 of version 4\.2\.0/m
      )
      assert.match(stdout, /^not compared {2}No folder was given/m)
      assert.match(stdout, /^The build record holds\.$/m)
    })
  )

  it.effect("another manifest, another image and an edited byte end the command with 1 and say which it is", () =>
    Effect.gen(function* () {
      const { file, key, record, text } = yield* place
      const other = file("other.json", JSON.stringify({ ...manifest, v: 2 }))
      const run = (...args: ReadonlyArray<string>) => comporta(["verify-build", ...args, "--key", key])
      const wrongManifest = yield* run(record, "--manifest", other)
      assert.deepStrictEqual([wrongManifest.code, /^NOT PROVEN .*manifest/m.test(wrongManifest.stdout)], [1, true])
      const twice = manifestText.replace('{"files"', '{"files":{"a":"another"},"files"')
      const edits = [JSON.stringify(manifest, undefined, 2), `${manifestText}\n`, twice]
      for (const [at, text] of edits.entries()) {
        assert.notStrictEqual(text, manifestText)
        assert.strictEqual((yield* run(record, "--manifest", file(`edited-${at}.json`, text))).code, 1)
      }
      const wrongCommit = yield* run(record, "--commit", "f".repeat(40))
      assert.deepStrictEqual([wrongCommit.code, /^NOT PROVEN .*commit/m.test(wrongCommit.stdout)], [1, true])
      const wrongImage = yield* run(record, "--image", digest("0"), "--json")
      const said: { proven: boolean; claims: ReadonlyArray<{ claim: string; state: string }> } = JSON.parse(
        wrongImage.stdout
      )
      assert.strictEqual(wrongImage.code, 1)
      assert.isFalse(said.proven)
      assert.deepStrictEqual(
        said.claims.flatMap(({ claim, state }) => (state === "not_proven" ? [claim] : [])),
        ["image"]
      )
      const at = Math.floor(text.length / 3)
      const edited = yield* run(
        file("edited.json", `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`)
      )
      assert.strictEqual(edited.code, 1)
      assert.match(edited.stdout, /^NOT PROVEN {4}The record is refused: the signature of key sha256:\S+ is wrong/)
    })
  )

  it.effect("a record of another version ends the command with 3, and a record signed by another key with 1", () =>
    Effect.gen(function* () {
      const { file, key, record, signingKey } = yield* place
      const statement = { ...statementOf(sample), predicateType: "urn:comporta:build-record:v2" }
      const later = yield* sealEnvelope(inTotoPayload, new TextEncoder().encode(canonicalJson(statement)), [signingKey])
      const newer = yield* comporta(["verify-build", file("later.json", later), "--key", key])
      assert.strictEqual(newer.code, 3)
      assert.include(newer.stdout, "expected version 1 of urn:comporta:build-record, found version 2")
      const other = file("other.pub", (yield* newPems).public)
      const refused = yield* comporta(["verify-build", record, "--key", other])
      assert.strictEqual(refused.code, 1)
      assert.include(refused.stdout, "expected a signature by sha256:")
      assert.strictEqual((yield* comporta(["verify-build", record, "--key", other, "--key", key])).code, 0)
    })
  )

  it.effect("a wrong command line ends the command with 2 and names the expected argument", () =>
    Effect.gen(function* () {
      const { file, key, record } = yield* place
      const privateKey = file("private", (yield* newPems).private)
      const cases: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
        [[record], "--key"],
        [[record, "--key", `${key}.no`], "--key: expected a readable file, found NotFound"],
        [[record, "--key", privateKey], "--key: expected one PEM block PUBLIC KEY, found PRIVATE KEY"],
        [[`${record}.no`, "--key", key], "the record: expected a readable file, found NotFound"],
        [[record, "--key", key, "--image", "latest"], "sha256: and 64 hex digits"],
        [[record, "--key", key, "--commit", "main"], "40 or 64 hex digits"],
        [[record, "--key", key, "--manifest", `${key}.no`], "--manifest: expected a readable file, found NotFound"]
      ]
      for (const [args, says] of cases) {
        const { code, stderr } = yield* comporta(["verify-build", ...args])
        assert.deepStrictEqual([code, stderr.includes(says)], [2, true], stderr)
      }
    })
  )

  it.effect("a folder of published files is compared file by file", () =>
    Effect.gen(function* () {
      const { key, record } = yield* place
      const { code, stdout } = yield* comporta(["verify-build", record, "--key", key, "--folder", join(record, "..")])
      assert.strictEqual(code, 1)
      assert.include(stdout, "missing or are not those of the record: bench.json, sbom.spdx.json.")
    })
  )
})
