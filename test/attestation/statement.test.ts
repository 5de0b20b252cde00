import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { canonicalJson, type Json } from "../../src/domain/json.ts"
import { inTotoPayload, openEnvelope, preAuthEncoding, sealEnvelope } from "../../src/attestation/envelope.ts"
import { readPublicKey, readSigningKey, type TrustedKey } from "../../src/attestation/keys.ts"
import { attest, openAttestation, type PredicateKind } from "../../src/attestation/statement.ts"
import { cryptography, newKey, newPems, openssl } from "./keys.ts"

const kind: PredicateKind<{ readonly greeting: string; readonly count: number }> = {
  family: "urn:comporta:test",
  version: 1,
  schema: Schema.Struct({ greeting: Schema.String, count: Schema.Int })
}
const subject = { name: "thing", digest: { sha256: "0".repeat(64) } }
const predicate = { greeting: "olá \u20ac", count: 2 }
const utf8 = new TextEncoder()

/** Signs any payload, as a signer that keeps to no rule would. */
const signedText = (payload: string | Json) =>
  Effect.gen(function* () {
    const key = yield* newKey
    const bytes = utf8.encode(typeof payload === "string" ? payload : JSON.stringify(payload))
    return { key, text: yield* sealEnvelope(inTotoPayload, bytes, [key]) }
  })

const reasonIn = (text: string, key: TrustedKey) =>
  Effect.map(Effect.flip(openAttestation(kind, text, [key])), (refused) =>
    refused._tag === "AttestationRefused" ? refused.reason : refused._tag
  )

const reasonOf = (payload: string | Json) => Effect.flatMap(signedText(payload), ({ key, text }) => reasonIn(text, key))

const statement = {
  _type: "https://in-toto.io/Statement/v1",
  predicate: { count: 2, greeting: "a" },
  predicateType: "urn:comporta:test:v1",
  subject: [{ digest: { sha256: "0".repeat(64) }, name: "thing" }]
}

layer(cryptography)("signed statements", (it) => {
  it.effect("the bytes that are signed are those of the specification of DSSE", () =>
    Effect.sync(() => {
      const bytes = preAuthEncoding("http://example.com/HelloWorld", utf8.encode("hello world"))
      assert.strictEqual(new TextDecoder().decode(bytes), "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    })
  )

  it.effect("a statement is opened with the public key alone, and signing it again gives the same text", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const text = yield* attest(kind, { subject: [subject], predicate }, [key])
      const { id, publicKey } = key
      assert.deepStrictEqual(yield* openAttestation(kind, text, [{ id, publicKey }]), {
        subject: [subject],
        predicate,
        signers: [id],
        unknownSigners: []
      })
      assert.strictEqual(yield* attest(kind, { subject: [subject], predicate }, [key]), text)
    })
  )

  it.effect("openssl verifies the signature over the bytes of DSSE", () =>
    Effect.gen(function* () {
      const pem = openssl(["genpkey", "-algorithm", "ed25519"]).toString()
      const text = yield* attest(kind, { subject: [subject], predicate }, [yield* readSigningKey(pem)])
      const envelope: { payload: string; signatures: ReadonlyArray<{ sig: string }> } = JSON.parse(text)
      const folder = mkdtempSync(join(tmpdir(), "comporta-dsse-"))
      const file = (name: string, content: string | Uint8Array) => {
        writeFileSync(join(folder, name), content)
        return join(folder, name)
      }
      const bytes = preAuthEncoding(inTotoPayload, Buffer.from(envelope.payload, "base64"))
      const given = ["-inkey", file("key", openssl(["pkey", "-pubout"], pem)), "-in", file("bytes", bytes)]
      const signature = file("sig", Buffer.from(envelope.signatures[0]?.sig ?? "", "base64"))
      const said = openssl(["pkeyutl", "-verify", "-rawin", "-pubin", ...given, "-sigfile", signature])
      rmSync(folder, { recursive: true })
      assert.include(said.toString(), "Verified Successfully")
    })
  )

  it.effect("one right signature of a trusted key is enough, and other keys are named as unknown", () =>
    Effect.gen(function* () {
      const [one, two, three] = [yield* newKey, yield* newKey, yield* newKey]
      const text = yield* attest(kind, { subject: [subject], predicate }, [one, two])
      const opened = yield* openAttestation(kind, text, [two, three])
      assert.deepStrictEqual([opened.signers, opened.unknownSigners], [[two.id], [one.id]])
      assert.deepStrictEqual((yield* openAttestation(kind, text, [one, two])).signers, [one.id, two.id])
      assert.strictEqual((yield* Effect.flip(openAttestation(kind, text, [three]))).message.includes(three.id), true)
    })
  )

  it.effect("a wrong signature of a trusted key is refused beside a right one", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* newKey, yield* newKey]
      const text = yield* attest(kind, { subject: [subject], predicate }, [one, two])
      const envelope: { signatures: [{ sig: string }, { sig: string }] } = JSON.parse(text)
      envelope.signatures[1].sig = envelope.signatures[0].sig
      const refused = yield* Effect.flip(openAttestation(kind, JSON.stringify(envelope), [one, two]))
      assert.include(refused.message, `the signature of key ${two.id} is wrong`)
    })
  )

  it.effect("a signature made for another payload type is refused", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const text = yield* sealEnvelope("text/plain", utf8.encode(JSON.stringify(statement)), [key])
      assert.strictEqual(
        (yield* Effect.flip(openEnvelope(text, inTotoPayload, [key]))).message.includes("payload type"),
        true
      )
      const renamed = text.replace("text/plain", inTotoPayload)
      assert.include((yield* Effect.flip(openEnvelope(renamed, inTotoPayload, [key]))).message, "is wrong")
    })
  )

  it.effect.each<readonly [string, string | Json]>([
    ["payload", "not JSON"],
    ["payload", JSON.stringify(statement, undefined, 1)],
    ["payload", '{"a":1,"a":1}'],
    ["payload", '{"a":"\\ud800"}'],
    ["payload", '{"a":15550000000000001}'],
    ["payload", "[]"],
    ["statement", { ...statement, zzz: 1 }],
    ["statement", { ...statement, _type: "https://in-toto.io/Statement/v0.1" }],
    ["statement", { ...statement, subject: [] }],
    ["predicate_type", { ...statement, predicateType: "urn:comporta:other:v1" }],
    ["predicate_version", { ...statement, predicateType: "urn:comporta:test:v2" }],
    ["predicate", { ...statement, predicate: { count: 2, greeting: "a", more: 1 } }],
    ["predicate", { ...statement, predicate: { count: 2 } }]
  ])("signed content of another form is refused as %s", ([reason, payload]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* reasonOf(payload), reason)
    })
  )

  it.effect("an envelope is refused with an unknown member, other base64 or a file that is none", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const text = yield* attest(kind, { subject: [subject], predicate }, [key])
      const reason = (edited: string) => reasonIn(edited, key)
      assert.strictEqual(yield* reason("{"), "not_json")
      assert.strictEqual(yield* reason(`{"a":1,${text.slice(1)}`), "envelope")
      assert.strictEqual(yield* reason("[]"), "envelope")
      assert.strictEqual(yield* reason(text.replace('"payload":"', '"payload":"\\n')), "encoding")
      assert.strictEqual(yield* reason(text.replaceAll("==", "")), "encoding")
    })
  )

  it.effect("an envelope with a member twice is refused, since two programs may read two documents in it", () =>
    Effect.gen(function* () {
      const { key, text } = yield* signedText(canonicalJson(statement))
      const spaced = JSON.stringify(JSON.parse(text), undefined, 2).replaceAll("/", "\\/")
      for (const same of [text, spaced]) yield* openAttestation(kind, same, [key])
      const first = text.replace("{", `{"payload":"${btoa("another")}",`)
      const last = text.replace(/}$/, `,"payloadType":${JSON.stringify(inTotoPayload)}}`)
      const inner = text.replace('"sig":', '"sig":"","sig":')
      for (const twice of [first, last, inner]) {
        assert.notStrictEqual(twice, text)
        assert.strictEqual(yield* reasonIn(twice, key), "envelope")
      }
    })
  )

  it.effect("a public key of another pair opens nothing", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const text = yield* attest(kind, { subject: [subject], predicate }, [key])
      const other = yield* readPublicKey((yield* newPems).public)
      const refused = yield* Effect.flip(openAttestation(kind, text, [{ ...other, id: key.id }]))
      assert.include(refused.message, "is wrong")
    })
  )
})
