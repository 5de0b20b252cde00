import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Base64 from "effect/encoding/Base64"
import type { PlatformError } from "effect/PlatformError"
import { sha256Of } from "../attestation/digest.ts"
import { readPublicKey, type TrustedKey } from "../attestation/keys.ts"
import { jsonIn } from "../domain/parse-json.ts"
import type { Sha256 } from "../domain/sha256.ts"
import type { Millis } from "../gate/words.ts"

/** Documents that a key may sign: certificates, build records, break-glass documents, evidence. */
export const trustRoles = ["promote", "build", "break-glass", "recorder"] as const
export type TrustRole = (typeof trustRoles)[number]

/** A key of the trust file, with the time in which it may sign. `id` is the SHA-256 of the key's SPKI bytes. */
export interface TrustKey {
  readonly id: string
  readonly role: TrustRole
  readonly name: string
  readonly from: Millis
  /** Absent for a key without an end. */
  readonly until?: Millis
  readonly key: TrustedKey
}

/** A trust file that was read. `digest` is the SHA-256 of the bytes of the file. */
export interface Trust {
  readonly digest: Sha256
  readonly keys: ReadonlyArray<TrustKey>
}

/** A trust file that is refused. The message names the place in the file, and holds no key. */
export class TrustRefused extends Data.TaggedError("TrustRefused")<{
  readonly path: string
  readonly problem: string
}> {
  override get message() {
    return `${this.path}: ${this.problem}`
  }
}

/** Most bytes of a trust file that is read. */
const mostTrustBytes = 262_144

const Moment = Schema.String.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/))

const FileKey = Schema.Struct({
  role: Schema.Literals(trustRoles),
  name: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/)),
  publicKey: Schema.String,
  from: Moment,
  until: Schema.optionalKey(Moment)
})
type FileKey = typeof FileKey.Type

const TrustFile = Schema.Struct({ v: Schema.Literal(1), keys: Schema.NonEmptyArray(FileKey) })

const decodeTrust = Schema.decodeUnknownResult(TrustFile, { onExcessProperty: "error" })

/** Returns the time that a moment names. Returns `undefined` for a day that no calendar has, such as 30 February. */
const timeOf = (moment: string): Millis | undefined => {
  const time = Date.parse(moment)
  return Number.isNaN(time) || !DateTime.formatIso(DateTime.makeUnsafe(time)).startsWith(moment.slice(0, 19))
    ? undefined
    : time
}

/** Returns the PEM of a key that was written as PEM, or as the base64 of its SPKI bytes. */
const pemOf = (publicKey: string): string => {
  if (publicKey.includes("-----BEGIN")) return publicKey
  const bytes = Result.getOrUndefined(Base64.decode(publicKey))
  return bytes === undefined
    ? publicKey
    : `-----BEGIN PUBLIC KEY-----\n${Base64.encode(bytes)}\n-----END PUBLIC KEY-----\n`
}

const keyIn = Effect.fnUntraced(function* (written: FileKey, at: number, path: string) {
  const refuse = (problem: string) => new TrustRefused({ path, problem: `keys[${at}] (${written.name}): ${problem}` })
  const [from, until] = [timeOf(written.from), written.until === undefined ? undefined : timeOf(written.until)]
  if (from === undefined) return yield* refuse("`from`: expected a day of the calendar, found another date")
  if (written.until !== undefined && until === undefined)
    return yield* refuse("`until`: expected a day of the calendar, found another date")
  if (until !== undefined && until <= from)
    return yield* refuse("`until`: expected a time after `from`, found an earlier one")
  const key = yield* Effect.mapError(readPublicKey(pemOf(written.publicKey)), ({ message }) =>
    refuse(`\`publicKey\`: ${message}`)
  )
  const { name, role } = written
  return { id: key.id, role, name, from, ...(until === undefined ? {} : { until }), key } satisfies TrustKey
})

/** Returns a sentence about two keys that must not be in one file. */
const clash = (keys: ReadonlyArray<TrustKey>): string | undefined => {
  for (const [at, { id, name }] of keys.entries()) {
    const before = keys.slice(0, at)
    const same = before.find((other) => other.id === id)
    if (same !== undefined)
      return `keys[${at}] (${name}): expected a key of its own, found that of ${same.name}: each role needs another key`
    if (before.some((other) => other.name === name))
      return `keys[${at}]: expected a name of its own, found ${name} twice`
  }
  return undefined
}

/** Reads the content of a trust file. `path` names it in a refusal. */
export const trustIn = Effect.fnUntraced(function* (bytes: Uint8Array, path: string) {
  const refuse = (problem: string) => new TrustRefused({ path, problem })
  const text = Result.getOrUndefined(
    Result.try({ try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes), catch: () => undefined })
  )
  const json = text === undefined ? undefined : jsonIn(text)
  if (json === undefined) return yield* refuse("expected JSON in UTF-8, found another file")
  const decoded = decodeTrust(json)
  if (Result.isFailure(decoded))
    return yield* refuse(
      "expected `v` 1 and `keys`, each with `role` (" +
        `${trustRoles.join(", ")}), \`name\`, \`publicKey\`, \`from\` and perhaps \`until\` as 2026-12-01T00:00:00Z; ` +
        "found other members or values"
    )
  const keys = yield* Effect.forEach(decoded.success.keys, (key, at) => keyIn(key, at, path))
  const problem = clash(keys)
  if (problem !== undefined) return yield* refuse(problem)
  return { digest: yield* sha256Of(bytes), keys } satisfies Trust
})

const reasonOf = ({ reason }: PlatformError) =>
  reason._tag === "NotFound" ? "expected this file, and it is not there" : "expected a file that can be read"

/** Reads a trust file. Refuses a key, a role, a date or a member that it does not know. */
export const readTrust = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const refuse = (problem: string) => new TrustRefused({ path, problem })
  const unreadable = Effect.mapError((error: PlatformError) => refuse(reasonOf(error)))
  const { size, type } = yield* unreadable(files.stat(path))
  if (type !== "File" || size > mostTrustBytes)
    return yield* refuse(`expected a file of at most ${mostTrustBytes} bytes, found another`)
  return yield* trustIn(yield* unreadable(files.readFile(path)), path)
})

/** Returns the keys of a role, also those that may no longer sign. */
export const trustKeysOf = ({ keys }: Trust, role: TrustRole): ReadonlyArray<TrustKey> =>
  keys.filter((key) => key.role === role)

/** Returns true when a key may sign at a time. */
export const maySignAt = ({ from, until }: TrustKey, at: Millis): boolean =>
  from <= at && (until === undefined || at < until)

/** Returns the key among those that signed a document that may sign at its time; `undefined` when none may. */
export const signerAt = (
  keys: ReadonlyArray<TrustKey>,
  signers: ReadonlyArray<string>,
  at: Millis
): TrustKey | undefined => keys.find((key) => signers.includes(key.id) && maySignAt(key, at))
