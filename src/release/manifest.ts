import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { canonicalBytes } from "../attestation/canonical-json.ts"
import { sha256Of } from "../attestation/digest.ts"
import { jsonIn } from "../domain/parse-json.ts"
import { Sha256 } from "../domain/sha256.ts"

/** Path from the root of the package, with `/` between its steps, none of which is `.` or `..`. */
const FilePath = Schema.String.check(
  Schema.isPattern(/^(?!\.{1,2}(\/|$))[A-Za-z0-9@._-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9@._-]+)*$/)
)

const ComponentName = Schema.String.check(Schema.isPattern(/^(core|storage|connector:[a-z][a-z0-9-]{0,31})$/))

/** Lists what a release consists of (`dist/manifest.json`): each file of the package, the Node binary, the components. */
export const Manifest = Schema.Struct({
  v: Schema.Literal(1),
  /** Version of `package.json`. */
  version: Schema.String.check(Schema.isPattern(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/)),
  /** Node binary that runs the release. `platform`: `linux-x64`, `linux-arm64`. */
  node: Schema.Struct({
    version: Schema.String.check(Schema.isPattern(/^\d+\.\d+\.\d+$/)),
    platform: Schema.String.check(Schema.isPattern(/^[a-z0-9]+-[a-z0-9]+$/)),
    digest: Sha256
  }),
  files: Schema.Record(FilePath, Sha256),
  components: Schema.Record(ComponentName, Sha256),
  /** Files that belong to no component: they are not executed. */
  inert: Schema.Array(FilePath)
})
export type Manifest = typeof Manifest.Type

const decodeManifest = Schema.decodeUnknownResult(Manifest, { onExcessProperty: "error" })

/** Place of the manifest in the package. The manifest does not list itself. */
export const manifestPath = "dist/manifest.json"

/** Most bytes of a manifest that is read. */
export const mostManifestBytes = 1_048_576

/** Returns true for a file of the package that no program executes: a licence, a text, a source map, types, notices. */
export const isInert = (path: string): boolean =>
  /(^|\/)LICENSE$|\.md$|\.map$|\.d\.ts$|(^|\/)THIRD-PARTY-NOTICES\.txt$/.test(path)

/** Returns the manifest of a JSON text. Returns `undefined` for any other text, also for one with an unknown member. */
export const readManifest = (text: string): Manifest | undefined => {
  const json = jsonIn(text)
  return json === undefined ? undefined : Result.getOrUndefined(decodeManifest(json))
}

/**
 * Returns the bytes of a manifest: its canonical JSON, which is also the content of the file. Fails for text that has half of
 * a surrogate pair, which the schema does not allow.
 */
export const manifestBytes = (manifest: Manifest) => canonicalBytes({ ...manifest })

/** Returns the digest of a manifest, which names the release: `sha256:` and 64 hex digits. */
export const releaseDigest = Effect.fnUntraced(function* (manifest: Manifest) {
  return yield* sha256Of(yield* Effect.fromResult(manifestBytes(manifest)))
})
