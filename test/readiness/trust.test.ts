import { assert, layer } from "@effect/vitest"
import { createHash } from "node:crypto"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { trustKeysOf, maySignAt, readTrust, trustIn, trustRoles } from "../../src/readiness/trust.ts"
import { cryptography, newPems, openssl } from "../attestation/keys.ts"

const from = "2026-12-01T00:00:00Z"
const until = "2027-12-01T00:00:00Z"

const key = (publicKey: string, more: object = {}) => ({ role: "promote", name: "ci", publicKey, from, until, ...more })
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const read = (value: unknown) => trustIn(bytesOf(value), "trust.json")
const refusal = (value: unknown) => Effect.map(Effect.flip(read(value)), ({ message }) => message)

layer(Layer.merge(cryptography, NodeFileSystem.layer))("trust file", (it) => {
  it.effect("a key in PEM and the same bytes in base64 are one key, with its role and dates", () =>
    Effect.gen(function* () {
      const pems = yield* newPems
      const base64 = openssl(["pkey", "-pubin", "-outform", "DER"], pems.public).toString("base64")
      const one = yield* read({ v: 1, keys: [key(pems.public)] })
      const other = yield* read({ v: 1, keys: [key(base64)] })
      const digest = createHash("sha256").update(Buffer.from(base64, "base64")).digest("hex")
      assert.strictEqual(one.keys[0]?.id, `sha256:${digest}`)
      assert.strictEqual(other.keys[0]?.id, one.keys[0]?.id)
      assert.deepInclude(one.keys[0], {
        role: "promote",
        name: "ci",
        from: Date.UTC(2026, 11, 1),
        until: Date.UTC(2027, 11, 1)
      })
    })
  )

  it.effect("the digest of a trust file is the SHA-256 of its bytes", () =>
    Effect.gen(function* () {
      const pems = yield* newPems
      const bytes = bytesOf({ v: 1, keys: [key(pems.public)] })
      const path = join(mkdtempSync(join(tmpdir(), "trust-")), "trust.json")
      writeFileSync(path, bytes)
      const { digest } = yield* readTrust(path)
      assert.strictEqual(digest, `sha256:${createHash("sha256").update(bytes).digest("hex")}`)
    })
  )

  it.effect("a key may sign from its first moment to the one before its end, and without an end for ever", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* newPems, yield* newPems]
      const { until: _, ...open } = key(other.public, { name: "endless", role: "build" })
      const trust = yield* read({ v: 1, keys: [key(one.public), open] })
      const [ended] = trustKeysOf(trust, "promote")
      const [endless] = trustKeysOf(trust, "build")
      assert(ended !== undefined && endless !== undefined)
      const [first, last] = [Date.UTC(2026, 11, 1), Date.UTC(2027, 11, 1)]
      const times = [first - 1, first, last - 1, last]
      assert.deepStrictEqual(
        times.map((at) => maySignAt(ended, at)),
        [false, true, true, false]
      )
      assert.deepStrictEqual(
        times.map((at) => maySignAt(endless, at)),
        [false, true, true, true]
      )
      assert.deepStrictEqual(trustKeysOf(trust, "recorder"), [])
    })
  )

  it.effect("a wrong role, key, date, version or member is refused", () =>
    Effect.gen(function* () {
      const pems = yield* newPems
      const wrong: ReadonlyArray<readonly [value: unknown, said: string]> = [
        [{ v: 1, keys: [key(pems.public, { role: "admin" })] }, "expected `v` 1 and `keys`"],
        [{ v: 1, keys: [key(pems.public, { roles: ["build"] })] }, "found other members"],
        [{ v: 1, keys: [key(pems.public, { name: "a b" })] }, "found other members or values"],
        [{ v: 1, keys: [key(pems.public, { from: "2026-12-01" })] }, "found other members or values"],
        [{ v: 1, keys: [key(pems.public, { from: "2026-02-30T00:00:00Z" })] }, "keys[0] (ci): `from`: expected a day"],
        [{ v: 1, keys: [key(pems.public, { until: "2027-13-01T00:00:00Z" })] }, "`until`: expected a day"],
        [{ v: 1, keys: [key(pems.public, { until: from })] }, "`until`: expected a time after `from`"],
        [{ v: 1, keys: [key("bm8ga2V5")] }, "keys[0] (ci): `publicKey`: expected an Ed25519 PUBLIC KEY"],
        [{ v: 1, keys: [key("no key at all")] }, "`publicKey`: expected one PEM block PUBLIC KEY"],
        [{ v: 1, keys: [key(pems.private)] }, "`publicKey`: expected one PEM block PUBLIC KEY, found PRIVATE KEY"],
        [{ v: 2, keys: [key(pems.public)] }, "expected `v` 1"],
        [{ v: 1, keys: [] }, "expected `v` 1 and `keys`"],
        [{ v: 1, keys: [key(pems.public)], more: 1 }, "found other members"],
        [[], "expected `v` 1"]
      ]
      for (const [value, said] of wrong) {
        const message = yield* refusal(value)
        assert.isTrue(message.startsWith("trust.json: "), message)
        assert.include(message, said)
        assert.notInclude(message, pems.private.split("\n")[1] ?? "")
      }
    })
  )

  it.effect("one key in two roles and one name for two keys are refused", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* newPems, yield* newPems]
      for (const role of trustRoles)
        assert.include(
          yield* refusal({ v: 1, keys: [key(one.public), key(one.public, { name: "second", role })] }),
          "keys[1] (second): expected a key of its own, found that of ci"
        )
      assert.include(
        yield* refusal({ v: 1, keys: [key(one.public), key(other.public)] }),
        "keys[1]: expected a name of its own, found ci twice"
      )
    })
  )

  it.effect("a file that is absent, too large, a folder or no JSON is refused by its path", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(join(tmpdir(), "trust-"))
      const of = (name: string) => Effect.map(Effect.flip(readTrust(join(folder, name))), ({ message }) => message)
      writeFileSync(join(folder, "large.json"), Buffer.alloc(262_145, 32))
      writeFileSync(join(folder, "text.json"), "keys: []")
      writeFileSync(join(folder, "bytes.json"), Buffer.from([0xff, 0xfe]))
      assert.include(yield* of("none.json"), "none.json: expected this file, and it is not there")
      assert.include(yield* of("large.json"), "expected a file of at most 262144 bytes")
      assert.include(yield* of("."), "expected a file of at most 262144 bytes")
      assert.include(yield* of("text.json"), "expected JSON in UTF-8")
      assert.include(yield* of("bytes.json"), "expected JSON in UTF-8")
    })
  )
})
