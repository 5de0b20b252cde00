import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Signature from "effect/crypto/Signature"
import { decodeEvidence, type GateEvidence, type UnsignedEvidence } from "../../src/gate/evidence/evidence.ts"
import { checkForPolicy } from "../../src/gate/evidence/for-policy.ts"
import { digestOf, signDocument, signedBytes, verifyDocument } from "../../src/gate/evidence/seal.ts"
import { digest, genuine, rows, seenAt } from "./genuine.ts"

const crash = genuine.find(({ row }) => row === "3.1.1") ?? assert.fail("no record of the drill")
const unsigned = ({ signature: _, ...rest }: GateEvidence): UnsignedEvidence => rest
const refused = (value: unknown) => Result.isFailure(decodeEvidence(value))

describe("schema of evidence", () => {
  it("genuine evidence is accepted as it is", () => {
    for (const one of genuine) assert.deepStrictEqual(Result.getOrUndefined(decodeEvidence(one)), one)
  })

  it.each([
    ["a member that the schema does not name", { ...crash, note: "fine" }],
    ["a scope with another member", { ...crash, scope: { ...crash.scope, host: "a" } }],
    ["an origin with another member", { ...crash, by: { ...crash.by, note: "a" } }],
    [
      "a section that does not exist",
      { ...crash, scope: { of: "I", deployment: "d", sections: { other: digest("a") } } }
    ],
    ["a fact that is no word", { ...crash, facts: { killed: "text with spaces" } }],
    ["a fact that may be a number of a person", { ...crash, facts: { killed: "p5511999999999" } }],
    ["a fact that is a list", { ...crash, facts: { killed: [1] } }],
    ["a negative fact", { ...crash, facts: { killed: -1 } }],
    ["another version", { ...crash, v: 2 }],
    ["a first time after the last", { ...crash, first: seenAt + 1 }],
    ["no count", { ...crash, count: 0 }],
    ["a violation that passed", { ...crash, sticky: true }],
    ["evidence of production", { ...crash, environment: "production" }],
    ["a failed control", { ...crash, by: { ...crash.by, control: "failed" } }],
    ["an account that is no keyed hash", { ...crash, account: "support" }],
    ["a signature of another length", { ...crash, signature: "AAAA" }],
    ["a row that is no id", { ...crash, row: "3.1.1 and more" }]
  ])("%s is refused", (_, value) => {
    assert.isTrue(refused(value))
    assert.isFalse(refused(crash))
  })
})

describe("evidence before it is signed", () => {
  const problem = (one: UnsignedEvidence) =>
    Result.match(checkForPolicy(rows, one), { onSuccess: () => undefined, onFailure: ({ message }) => message })

  it("evidence that a row of the policy reads is accepted", () => {
    for (const one of genuine) assert.isUndefined(problem(unsigned(one)), one.row)
  })

  const { killed: _, ...fewer } = crash.facts
  it.each([
    ["a row that no policy has", { ...crash, row: "3.2:messenger.text" }, /expected a proof of the policy/],
    ["a row in another scope", { ...crash, row: "5.2.1" }, /expected a proof of the policy/],
    ["a fact of another name", { ...crash, facts: { ...crash.facts, more: 1 } }, /another name arrived/],
    ["a fact too few", { ...crash, facts: fewer }, /expected the fact killed/],
    [
      "a word in place of a number",
      { ...crash, facts: { ...crash.facts, killed: "one" } },
      /expected a number as killed/
    ],
    ["a wait for nothing", { ...crash, result: "begun" }, /nothing is awaited/],
    ["another origin", { ...crash, by: { kind: "traffic" } }, /expected an origin of the policy/]
  ] as const)("%s is refused, and the message says the expectation", (_, one, expected) => {
    assert.match(problem(unsigned(one)) ?? "", expected)
  })
})

const layer = Layer.mergeAll(
  Signature.layerWebCrypto.pipe(Layer.provide(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto
)

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const next = (letter: string) => base64.charAt(base64.indexOf(letter) + 1)

describe("signature of evidence", () => {
  const newKey = Effect.gen(function* () {
    const { privateKey, publicKey } = yield* (yield* Signature.Signature).generateKeyPair(Signature.ed25519)
    return { id: digest("key"), privateKey, publicKey }
  })

  it.effect("the recorder's key verifies its own record, and none with a changed member", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const evidence = yield* signDocument(unsigned(crash), key)
      const check = (one: GateEvidence) => verifyDocument(one, [key])
      assert.strictEqual(evidence.recorder, key.id)
      assert.isFalse(refused(evidence))
      assert.strictEqual(yield* check(evidence), "valid")
      const changes: ReadonlyArray<Partial<GateEvidence>> = [
        { row: "3.1.2" },
        { scope: { of: "S", storage: digest("a"), section: digest("b") } },
        { result: "fail" },
        { sticky: true },
        { first: 0 },
        { at: seenAt + 1 },
        { count: 3 },
        { by: { kind: "traffic" } },
        { environment: "local" },
        { genuine: true },
        { deployment: "dep_other" },
        { manifest: digest("other") },
        { account: "a".repeat(32) },
        { facts: {} }
      ]
      for (const change of changes) assert.strictEqual(yield* check({ ...evidence, ...change }), "invalid")
      assert.strictEqual(yield* check({ ...evidence, recorder: digest("stranger") }), "unknown_recorder")
      const other = yield* newKey
      assert.strictEqual(yield* verifyDocument(evidence, [other]), "invalid")
      // The last character of 86 holds four bits that belong to no byte.
      const respelt = evidence.signature.replace(/.==$/, (end) => `${next(end.charAt(0))}==`)
      assert.notStrictEqual(respelt, evidence.signature)
      assert.strictEqual(yield* check({ ...evidence, signature: respelt }), "invalid")
    }).pipe(Effect.provide(layer))
  )

  it.effect("the order of the members changes neither the signed bytes nor the digest", () =>
    Effect.gen(function* () {
      const turned: GateEvidence = {
        signature: crash.signature,
        ...unsigned(crash),
        facts: Object.fromEntries(Object.entries(crash.facts).toReversed())
      }
      assert.deepStrictEqual(signedBytes(turned), signedBytes(crash))
      assert.strictEqual(yield* digestOf(turned), yield* digestOf(crash))
      assert.notStrictEqual(yield* digestOf({ ...crash, count: 3 }), yield* digestOf(crash))
    }).pipe(Effect.provide(layer))
  )
})
