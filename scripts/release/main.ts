import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Signature from "effect/crypto/Signature"
import { readSigningKey } from "../../src/attestation/keys.ts"
import { attest } from "../../src/attestation/statement.ts"
import { buildRecordKind, recordSubjects } from "../../src/release/build-record.ts"
import { writeLedger } from "./ledger.ts"
import { onFiles, recordFrom, recordName } from "./record.ts"
import { summaryOf } from "./results.ts"

const usage = `usage: npm run build-record -- --key FILE --manifest FILE --build FILE [options]
  --key FILE        the private key that signs, Ed25519 in PEM; repeat it for several signatures
  --manifest FILE   dist/manifest.json of one platform; repeat it for each platform
  --build FILE      the JSON that npm run image -- --json printed; repeat it for each build
  --test, --faults  the files of vitest's reporter json; their summaries go into the folder
  --folder FOLDER   the published files, with sbom.spdx.json and check.json; release unless given
  --pending         makes a record before the tests have ended`

const root = resolve(fileURLToPath(new URL("../..", import.meta.url)))
const say = (line: string) => process.stderr.write(`${line}\n`)
const git = (...args: ReadonlyArray<string>) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim()

const flags = () => {
  try {
    return parseArgs({
      options: {
        key: { type: "string", multiple: true, default: [] },
        manifest: { type: "string", multiple: true, default: [] },
        build: { type: "string", multiple: true, default: [] },
        test: { type: "string" },
        faults: { type: "string" },
        folder: { type: "string", default: "release" },
        pending: { type: "boolean", default: false }
      }
    }).values
  } catch {
    return undefined
  }
}

const crypto = Layer.mergeAll(
  Layer.provide(Signature.layerWebCrypto, SecureRandom.layerWebCrypto),
  Digest.layerWebCrypto
)

const summarise = (name: string, from: string | undefined, folder: string) => {
  if (from === undefined) return
  const summary = summaryOf(readFileSync(from, "utf8"), root)
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(summary, undefined, 2)}\n`)
}

const main = Effect.gen(function* () {
  const given = flags()
  if (given === undefined || given.key.length === 0 || given.manifest.length === 0 || given.build.length === 0) {
    say(usage)
    return 2
  }
  const keys = yield* Effect.forEach(given.key, (path) =>
    Effect.flatMap(
      onFiles(() => readFileSync(path, "utf8")),
      readSigningKey
    )
  )
  const [key, ...moreKeys] = keys
  const changed = git("status", "--porcelain", "--untracked-files=no")
  if (key === undefined || changed !== "") {
    say("build-record: the tree has changes that are not committed, so no commit describes it")
    return 1
  }
  yield* onFiles(() => {
    summarise("test", given.test, given.folder)
    summarise("faults", given.faults, given.folder)
    writeLedger(given.folder)
  })
  const record = yield* recordFrom({
    root,
    commit: git("rev-parse", "HEAD"),
    recordedAt: yield* Effect.clockWith((clock) => clock.currentTimeMillis),
    manifests: given.manifest,
    builds: given.build,
    folder: given.folder,
    pending: given.pending
  })
  const [subject, ...more] = recordSubjects(record)
  if (subject === undefined) return 1
  const text = yield* attest(buildRecordKind, { subject: [subject, ...more], predicate: record }, [key, ...moreKeys])
  const path = join(given.folder, recordName)
  writeFileSync(path, `${text}\n`)
  say(`build-record: ${path}, signed by ${keys.map(({ id }) => id).join(", ")}`)
  return 0
})

process.exitCode = await main.pipe(
  Effect.provide(crypto),
  Effect.catchTag("BadPem", ({ message }) => Effect.sync(() => (say(`build-record: --key: ${message}`), 2))),
  Effect.catchTag("NoRecord", ({ message }) => Effect.sync(() => (say(`build-record: ${message}`), 1))),
  Effect.runPromise
)
