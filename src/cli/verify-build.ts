import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { sha256Of } from "../attestation/digest.ts"
import { readPublicKey } from "../attestation/keys.ts"
import { openAttestation } from "../attestation/statement.ts"
import { Sha256 } from "../domain/sha256.ts"
import { buildRecordKind } from "../release/build-record.ts"
import { type BuildClaim, isProven, judgeRecord, limits } from "../release/judge-record.ts"
import { codes, Ended } from "./common.ts"

const isDigest = Schema.is(Sha256)

const flags = {
  record: Argument.String("record").pipe(Argument.withDescription("the file with the build record")),
  key: Flag.String("key").pipe(
    Flag.atLeast(1),
    Flag.withDescription("a file with a public key that you trust to sign builds, in PEM; repeat it for more keys")
  ),
  commit: Flag.String("commit").pipe(
    Flag.filter(
      (text) => /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text),
      () => "the whole name of a commit: 40 or 64 hex digits"
    ),
    Flag.optional,
    Flag.withDescription("a commit; says whether the release was built from it")
  ),
  manifest: Flag.String("manifest").pipe(
    Flag.optional,
    Flag.withDescription("a manifest.json; says whether it is of a release of the record")
  ),
  image: Flag.String("image").pipe(
    Flag.filter(
      (text) => isDigest(text.slice(text.indexOf("@") + 1)),
      () => "sha256: and 64 hex digits, alone or after the name of the image and @"
    ),
    Flag.optional,
    Flag.withDescription("the digest of an image of one platform; says whether it is in the record")
  ),
  folder: Flag.String("folder").pipe(
    Flag.optional,
    Flag.withDescription("the folder with the published files; compares each with the record")
  ),
  allowPending: Flag.Boolean("allow-pending").pipe(
    Flag.withDefault(false),
    Flag.withDescription("accepts a record that was made before its tests had ended")
  ),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("print the result as one line of JSON"))
}

/** Ends the command because an argument names nothing that can be read. */
const wrongArgument = (message: string) =>
  Effect.andThen(Console.error(`comporta: ${message}`), Effect.fail(new Ended({ code: codes.wrongCommandLine })))

const notRead = (flag: string, found: string, path: string) =>
  wrongArgument(`${flag}: expected a readable file, found ${found}: ${path}`)

const textOf = Effect.fnUntraced(function* (flag: string, path: string) {
  const files = yield* FileSystem.FileSystem
  return yield* Effect.catch(files.readFileString(path), ({ reason }) => notRead(flag, reason._tag, path))
})

/** Returns the digest of a release: that of the bytes of its manifest. */
const manifestDigest = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const bytes = yield* Effect.catch(files.readFile(path), ({ reason }) => notRead("--manifest", reason._tag, path))
  return yield* sha256Of(bytes)
})

/** Returns the digests of the files of a folder that the record names. */
const digestsIn = Effect.fnUntraced(function* (folder: string, names: ReadonlyArray<string>) {
  const [files, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
  const digests = yield* Effect.forEach(names, (name) =>
    files.readFile(path.join(folder, name)).pipe(
      Effect.flatMap(sha256Of),
      Effect.orElseSucceed(() => undefined),
      Effect.map((digest) => [name, digest] as const)
    )
  )
  return Object.fromEntries(digests)
})

const words: Readonly<Record<BuildClaim["state"], string>> = {
  proven: "proven      ",
  not_proven: "NOT PROVEN  ",
  not_compared: "not compared"
}

const linesOf = (claims: ReadonlyArray<BuildClaim>): ReadonlyArray<string> => [
  ...claims.map(({ state, said }) => `${words[state]}  ${said}`),
  "",
  "What no build record proves:",
  ...limits.map((limit) => `  ${limit}`),
  "",
  isProven(claims) ? "The build record holds." : "The build record does not hold."
]

/** `comporta verify-build`: says what a build record proves. Opens no connection. */
export const verifyBuild = Command.make("verify-build", flags).pipe(
  Command.withDescription("Say what a signed build record proves about a release"),
  Command.withHandler(({ allowPending, commit, folder, image, json, key, manifest, record }) =>
    Effect.gen(function* () {
      const trusted = yield* Effect.forEach(key, (path) =>
        Effect.flatMap(textOf("--key", path), readPublicKey).pipe(
          Effect.catchTag("BadPem", ({ message }) => wrongArgument(`--key: ${message}`))
        )
      )
      const text = yield* textOf("the record", record)
      const release = Option.isNone(manifest) ? undefined : yield* manifestDigest(manifest.value)
      const opened = yield* openAttestation(buildRecordKind, text, trusted)
      const published = Option.isNone(folder)
        ? undefined
        : yield* digestsIn(folder.value, Object.keys(opened.predicate.files))
      const claims = judgeRecord(opened, {
        allowPending,
        ...(Option.isNone(commit) ? {} : { commit: commit.value }),
        ...(release === undefined ? {} : { manifest: release }),
        ...(Option.isNone(image) ? {} : { image: imageDigest(image.value) }),
        ...(published === undefined ? {} : { files: published })
      })
      const proven = isProven(claims)
      yield* Console.log(json ? JSON.stringify({ proven, claims, limits }) : linesOf(claims).join("\n"))
      if (!proven) return yield* new Ended({ code: codes.failed })
    }).pipe(
      Effect.catchTag("AttestationRefused", ({ message, reason }) =>
        Effect.andThen(
          json
            ? Console.log(JSON.stringify({ proven: false, refused: { reason, message } }))
            : Console.log(`NOT PROVEN    The record is refused: ${message}.`),
          Effect.fail(new Ended({ code: reason === "predicate_version" ? codes.unknownVersion : codes.failed }))
        )
      )
    )
  )
)

const imageDigest = (text: string) => text.slice(text.indexOf("@") + 1)
