import { assert, describe, it, layer } from "@effect/vitest"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import { readPublicKey, readSigningKey } from "../../src/attestation/keys.ts"
import { cryptography, newPems, openssl } from "./keys.ts"

const refusal = <A, R>(reading: Effect.Effect<A, { readonly message: string }, R>) =>
  Effect.map(Effect.flip(reading), ({ message }) => message)

layer(cryptography)("keys in PEM", (it) => {
  it.effect("a key that openssl made is read, and its id is the digest of the bytes that openssl writes", () =>
    Effect.gen(function* () {
      const pem = openssl(["genpkey", "-algorithm", "ed25519"]).toString()
      const publicPem = openssl(["pkey", "-pubout"], pem).toString()
      const digest = createHash("sha256")
        .update(openssl(["pkey", "-pubout", "-outform", "DER"], pem))
        .digest("hex")
      assert.strictEqual((yield* readSigningKey(pem)).id, `sha256:${digest}`)
      assert.strictEqual((yield* readPublicKey(publicPem)).id, `sha256:${digest}`)
    })
  )

  it.effect("another kind of file is refused by its kind, with what to do", () =>
    Effect.gen(function* () {
      const pems = yield* newPems
      const rsa = openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]).toString()
      const p256 = openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]).toString()
      const x25519 = openssl(["genpkey", "-algorithm", "x25519"]).toString()
      const publicOf = (pem: string) => openssl(["pkey", "-pubout"], pem).toString()
      const other = "expected an Ed25519 PUBLIC KEY, found another kind of key or damaged bytes"
      for (const pem of [rsa, p256, x25519]) assert.strictEqual(yield* refusal(readPublicKey(publicOf(pem))), other)
      assert.strictEqual(
        yield* refusal(readSigningKey(p256)),
        "expected an Ed25519 PRIVATE KEY, found another kind of key or damaged bytes"
      )
      assert.strictEqual(
        yield* refusal(readPublicKey(pems.private)),
        "expected one PEM block PUBLIC KEY, found PRIVATE KEY: give the public key: openssl pkey -in KEY -pubout"
      )
      assert.strictEqual(
        yield* refusal(readSigningKey(pems.public)),
        "expected one PEM block PRIVATE KEY, found PUBLIC KEY: give the private key, which openssl genpkey -algorithm ed25519 writes"
      )
      const encrypted = openssl(["pkey", "-aes256", "-passout", "pass:x"], pems.private).toString()
      assert.include(yield* refusal(readSigningKey(encrypted)), "found ENCRYPTED PRIVATE KEY: decrypt it")
      assert.include(yield* refusal(readPublicKey("")), "found no PEM block")
      assert.include(yield* refusal(readPublicKey(pems.public + pems.public)), "found 2 PEM blocks")
    })
  )

  it.effect("a refusal holds nothing of the file", () =>
    Effect.gen(function* () {
      const pems = yield* newPems
      const body = pems.private.split("\n")[1] ?? ""
      const message = yield* refusal(readPublicKey(pems.private))
      for (let at = 0; at + 6 <= body.length; at++) assert.notInclude(message, body.slice(at, at + 6))
      assert.include(
        yield* refusal(readPublicKey(pems.public.replace("MCow", "MDow"))),
        "found another kind of key or damaged bytes"
      )
    })
  )
})

describe("ids of keys", () => {
  it.effect("two keys have two ids", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* newPems, yield* newPems]
      assert.notStrictEqual((yield* readPublicKey(one.public)).id, (yield* readPublicKey(other.public)).id)
    }).pipe(Effect.provide(cryptography))
  )
})
