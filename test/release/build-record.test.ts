import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import { inTotoPayload, sealEnvelope } from "../../src/attestation/envelope.ts"
import type { TrustedKey } from "../../src/attestation/keys.ts"
import { openAttestation } from "../../src/attestation/statement.ts"
import { canonicalJson, isJsonObject, type Json } from "../../src/domain/json.ts"
import { buildRecordKind } from "../../src/release/build-record.ts"
import { cryptography, newKey } from "../attestation/keys.ts"
import { edited, leavesOf, other, sample, signed, statementOf } from "./sample.ts"

const utf8 = new TextEncoder()

const reasonOf = (text: string, key: TrustedKey) =>
  openAttestation(buildRecordKind, text, [key]).pipe(
    Effect.as("accepted"),
    Effect.catchTag("AttestationRefused", ({ reason }) => Effect.succeed(reason))
  )

/** Reasons of refusal for each path, for a text that each path gives. */
const reasons = (
  paths: ReadonlyArray<ReadonlyArray<string>>,
  key: TrustedKey,
  text: (path: ReadonlyArray<string>) => string
) =>
  Effect.forEach(paths, (path) => Effect.map(reasonOf(text(path), key), (reason) => [path.join("."), reason] as const))

const parsed = (text: string): { [name: string]: Json } => JSON.parse(text)

layer(cryptography)("build record", (it) => {
  it.effect("a signed record is read back as it was", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const opened = yield* openAttestation(buildRecordKind, yield* signed(sample, key), [key])
      assert.deepStrictEqual(opened.predicate, sample)
      assert.deepStrictEqual(
        opened.subject.map(({ name }) => name),
        ["image/linux-arm64", "manifest/linux-arm64", "image/linux-x64", "manifest/linux-x64"]
      )
    })
  )

  it.effect("an edit of any member of the envelope is refused with its own reason", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const envelope = parsed(yield* signed(sample, key))
      const changed = (leaf: Json) =>
        typeof leaf === "string" ? `${leaf[0] === "a" ? "b" : "a"}${leaf.slice(1)}` : leaf
      const found = yield* reasons(leavesOf(envelope), key, (path) => JSON.stringify(edited(envelope, path, changed)))
      assert.deepStrictEqual(Object.fromEntries(found), {
        payload: "signature",
        payloadType: "payload_type",
        "signatures.0.keyid": "unknown_key",
        "signatures.0.sig": "signature"
      })
      const removed = yield* reasons(leavesOf(envelope), key, (path) =>
        JSON.stringify(edited(envelope, path, () => undefined))
      )
      assert.deepStrictEqual([...new Set(removed.map(([, reason]) => reason))], ["envelope"])
    })
  )

  it.effect("an edit of any member of the statement breaks the signature", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const envelope = parsed(yield* signed(sample, key))
      const statement = statementOf(sample)
      assert.strictEqual(Buffer.from(String(envelope["payload"]), "base64").toString(), canonicalJson(statement))
      const leaves = leavesOf(statement)
      assert.isAbove(leaves.length, 60)
      for (const change of [other, () => undefined]) {
        const found = yield* reasons(leaves, key, (path) =>
          JSON.stringify({ ...envelope, payload: Base64.encode(canonicalJson(edited(statement, path, change))) })
        )
        assert.deepStrictEqual([...new Set(found.map(([, reason]) => reason))], ["signature"])
      }
    })
  )

  it.effect("a member more in any object is refused, also when the key signs it", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const statement = statementOf(sample)
      const objects = leavesOf(statement)
        .map((path) => path.slice(0, -1))
        .filter((path, at, all) => all.findIndex((one) => one.join() === path.join()) === at)
      for (const path of objects) {
        const more = edited([statement], ["0", ...path], (value) =>
          isJsonObject(value ?? null) ? Object.assign({ "a member": 1 }, value) : value
        )
        const bytes = utf8.encode(canonicalJson(more).slice(1, -1))
        const sealed = yield* sealEnvelope(inTotoPayload, bytes, [key])
        assert.include(["statement", "predicate"], yield* reasonOf(sealed, key), path.join("."))
      }
      assert.isAbove(objects.length, 20)
    })
  )

  it.effect("a record of another version is refused as that, and one of another kind too", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const reason = (predicateType: string) =>
        Effect.flatMap(
          sealEnvelope(inTotoPayload, utf8.encode(canonicalJson({ ...statementOf(sample), predicateType })), [key]),
          (text) => reasonOf(text, key)
        )
      assert.strictEqual(yield* reason("urn:comporta:build-record:v2"), "predicate_version")
      assert.strictEqual(yield* reason("urn:comporta:certificate:v1"), "predicate_type")
      assert.strictEqual(yield* reason("https://slsa.dev/provenance/v1"), "predicate_type")
    })
  )
})
