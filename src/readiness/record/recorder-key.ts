import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Digest from "effect/crypto/Digest"
import * as KeyFormat from "effect/crypto/KeyFormat"
import * as Redacted from "effect/Redacted"
import * as Signature from "effect/crypto/Signature"
import { readSigningKey, type SigningKey, type TrustedKey } from "../../attestation/keys.ts"
import type { FlushKeys } from "../../gate/evidence/recorder.ts"
import { BadSecret } from "../../secrets/secret-store.ts"
import type { SecretHandle } from "../../secrets/secrets.ts"

/** Remedy for a secret that is no key of a recorder. */
const makeOne = "make a key, and store it as it is: openssl genpkey -algorithm ed25519"

/** Reads the key of a recorder from the present version of its secret. */
export const recorderKeyOf = (
  handle: Pick<SecretHandle, "ref" | "current">
): Effect.Effect<SigningKey, BadSecret, Digest.Digest | Signature.Signature> =>
  Effect.mapError(
    readSigningKey(Redacted.value(handle.current())),
    ({ message }) => new BadSecret({ ref: handle.ref, reason: message, remedy: makeOne })
  )

/** Makes a key for one run, which signs what `local` records. */
export const keyOfRun = Effect.gen(function* () {
  const { generateKeyPair } = yield* Signature.Signature
  const { privateKey } = yield* generateKeyPair(Signature.ed25519)
  return yield* readSigningKey(yield* KeyFormat.encode(KeyFormat.pem(KeyFormat.pkcs8), privateKey))
}).pipe(Effect.orDie)

/**
 * Returns the present keys of a recorder whose secret may be rotated. It trusts its own versions and the given keys. While the
 * present version is no key, the last one that was signs on, and `onBad` is called once for that version.
 */
export const rotatingKeys = Effect.fnUntraced(function* (
  handle: SecretHandle,
  trusted: ReadonlyArray<TrustedKey>,
  onBad: (bad: BadSecret) => void
) {
  const crypto = yield* Effect.context<Digest.Digest | Signature.Signature>()
  const read = new Map<string, SigningKey | undefined>()
  const keyIn = Effect.fnUntraced(function* (version: Redacted.Redacted<string>) {
    const text = Redacted.value(version)
    if (read.has(text)) return read.get(text)
    const key = yield* Effect.result(recorderKeyOf({ ref: handle.ref, current: () => version }))
    if (Result.isFailure(key)) onBad(key.failure)
    read.set(text, Result.getOrUndefined(key))
    return Result.getOrUndefined(key)
  })
  let last = yield* recorderKeyOf(handle)
  return Effect.gen(function* () {
    const versions = yield* Effect.forEach(handle.versions(), keyIn)
    const [present] = versions
    const own = [...versions.filter((key) => key !== undefined), last]
    last = present ?? last
    const recorders = new Map([...trusted, ...own].map((key) => [key.id, key]))
    return { key: last, recorders: [...recorders.values()] } satisfies FlushKeys
  }).pipe(Effect.provideContext(crypto))
})
