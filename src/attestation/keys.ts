import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { CryptoError } from "effect/crypto/CryptoError"
import * as KeyFormat from "effect/crypto/KeyFormat"
import * as Signature from "effect/crypto/Signature"
import { sha256Of } from "./digest.ts"

/** A public key and its id: `sha256:` and the SHA-256 of the key's SPKI bytes, as `openssl` writes them. */
export interface TrustedKey {
  readonly id: string
  readonly publicKey: Signature.PublicKey<Signature.Ed25519>
}

/** A private key, with its public key and id. */
export interface SigningKey extends TrustedKey {
  readonly privateKey: Signature.PrivateKey<Signature.Ed25519>
}

/** A text that is not the key that was expected. The message holds nothing of the text. */
export class BadPem extends Data.TaggedError("BadPem")<{ readonly message: string }> {}

type Label = "PUBLIC KEY" | "PRIVATE KEY"

const remedies: Readonly<Record<Label, Readonly<Record<string, string>>>> = {
  "PUBLIC KEY": {
    "PRIVATE KEY": "give the public key: openssl pkey -in KEY -pubout",
    CERTIFICATE: "extract its key: openssl x509 -in CERTIFICATE -noout -pubkey"
  },
  "PRIVATE KEY": {
    "PUBLIC KEY": "give the private key, which openssl genpkey -algorithm ed25519 writes",
    "ENCRYPTED PRIVATE KEY": "decrypt it into a file of its own first: openssl pkey -in KEY",
    "OPENSSH PRIVATE KEY": "make a key by: openssl genpkey -algorithm ed25519"
  }
}

/** Checks that the text is one PEM block of the label. The format checks what is in it. */
const checkLabel = (text: string, expected: Label): Effect.Effect<void, BadPem> => {
  const labels = Array.from(text.matchAll(/^-----BEGIN ([A-Z0-9 ]+)-----\s*$/gm), ([, label = ""]) => label)
  const [found] = labels
  if (labels.length === 1 && found === expected) return Effect.void
  const arrived = found === undefined ? "no PEM block" : labels.length > 1 ? `${labels.length} PEM blocks` : found
  const remedy = labels.length === 1 && found !== undefined ? remedies[expected][found] : undefined
  const message = `expected one PEM block ${expected}, found ${arrived}${remedy === undefined ? "" : `: ${remedy}`}`
  return Effect.fail(new BadPem({ message }))
}

const notEd25519 = (label: Label) =>
  new BadPem({ message: `expected an Ed25519 ${label}, found another kind of key or damaged bytes` })

/** Returns the id of a key. The SPKI of an Ed25519 key always exports, since the program holds its bytes. */
const idOf = (publicKey: Signature.PublicKey<Signature.Ed25519>) =>
  Effect.flatMap(KeyFormat.encode(KeyFormat.spki, publicKey), sha256Of)

const refusing =
  (label: Label) =>
  <A, R>(effect: Effect.Effect<A, CryptoError, R>): Effect.Effect<A, BadPem, R> =>
    Effect.mapError(effect, () => notEd25519(label))

/** Reads an Ed25519 public key in PEM (SPKI), of whichever tool. */
export const readPublicKey = Effect.fnUntraced(function* (text: string) {
  yield* checkLabel(text, "PUBLIC KEY")
  const read = Effect.gen(function* () {
    const publicKey = yield* KeyFormat.decodePublic(KeyFormat.pem(KeyFormat.spki), Signature.ed25519, text)
    return { id: yield* idOf(publicKey), publicKey } satisfies TrustedKey
  })
  return yield* refusing("PUBLIC KEY")(read)
})

/** Reads an Ed25519 private key in PEM (PKCS#8), of whichever tool. */
export const readSigningKey = Effect.fnUntraced(function* (text: string) {
  yield* checkLabel(text, "PRIVATE KEY")
  const read = Effect.gen(function* () {
    const signature = yield* Signature.Signature
    const privateKey = yield* KeyFormat.decodePrivate(KeyFormat.pem(KeyFormat.pkcs8), Signature.ed25519, text)
    const publicKey = yield* signature.publicKeyOf(privateKey)
    return { id: yield* idOf(publicKey), publicKey, privateKey } satisfies SigningKey
  })
  return yield* refusing("PRIVATE KEY")(read)
})
