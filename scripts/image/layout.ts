import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync, zstdDecompressSync } from "node:zlib"
import * as Schema from "effect/Schema"
import { sha256 } from "../sha256.ts"
import { type Entry, entriesOf, hexOf } from "./tar.ts"

const Descriptor = Schema.Struct({ mediaType: Schema.String, digest: Schema.String, size: Schema.Number })
const Index = Schema.fromJsonString(Schema.Struct({ manifests: Schema.Array(Descriptor) }))
const Manifest = Schema.fromJsonString(Schema.Struct({ config: Descriptor, layers: Schema.Array(Descriptor) }))
const Texts = Schema.Array(Schema.String)
const Config = Schema.fromJsonString(
  Schema.Struct({
    created: Schema.String,
    architecture: Schema.String,
    os: Schema.String,
    rootfs: Schema.Struct({ diff_ids: Texts }),
    history: Schema.Array(Schema.Struct({ created: Schema.optionalKey(Schema.String) })),
    config: Schema.Struct({
      User: Schema.optionalKey(Schema.String),
      Env: Schema.optionalKey(Texts),
      Entrypoint: Schema.optionalKey(Texts),
      Cmd: Schema.optionalKey(Texts),
      WorkingDir: Schema.optionalKey(Schema.String),
      StopSignal: Schema.optionalKey(Schema.String),
      Labels: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
      Healthcheck: Schema.optionalKey(Schema.Struct({ Test: Texts }))
    })
  })
)

export interface Layer {
  /** The digest of the layer as it is stored, compressed or not. */
  readonly digest: string
  /** The digest of its uncompressed bytes. */
  readonly diffId: string
  readonly entries: () => ReadonlyArray<Entry>
}

export interface Image {
  /** The digest by which a registry knows the image. */
  readonly digest: string
  readonly manifestText: string
  readonly configText: string
  readonly config: (typeof Config)["Type"]
  readonly layers: ReadonlyArray<Layer>
}

const uncompressed = (bytes: Buffer): Buffer => {
  const magic = bytes.toString("hex", 0, 4)
  if (magic.startsWith("1f8b")) return gunzipSync(bytes)
  return magic === "28b52ffd" ? zstdDecompressSync(bytes) : bytes
}

/** Reads a blob of an OCI layout or of a folder that `buildah push … dir:` wrote, and checks its digest. */
const blobOf = (folder: string, digest: string): Buffer => {
  const places = [join(folder, "blobs/sha256", hexOf(digest)), join(folder, hexOf(digest))]
  const found = places.find((path) => existsSync(path))
  const bytes = found === undefined ? undefined : readFileSync(found)
  if (bytes === undefined || sha256(bytes) !== digest) throw new Error(`${folder} does not hold ${digest}`)
  return bytes
}

const manifestIn = (folder: string): string => {
  const single = join(folder, "manifest.json")
  if (existsSync(single)) return readFileSync(single, "utf8")
  const { manifests } = Schema.decodeUnknownSync(Index)(readFileSync(join(folder, "index.json"), "utf8"))
  const [only] = manifests
  if (only === undefined || manifests.length > 1)
    throw new Error(`${folder} holds ${manifests.length} images, expected one: build one platform at a time`)
  return blobOf(folder, only.digest).toString("utf8")
}

/** Reads the one image of a folder. */
export const readImage = (folder: string): Image => {
  const manifestText = manifestIn(folder)
  const manifest = Schema.decodeUnknownSync(Manifest)(manifestText)
  const configText = blobOf(folder, manifest.config.digest).toString("utf8")
  const config = Schema.decodeUnknownSync(Config)(configText)
  const layers = manifest.layers.map(({ digest }, index): Layer => ({
    digest,
    diffId: config.rootfs.diff_ids[index] ?? "",
    entries: () => entriesOf(uncompressed(blobOf(folder, digest)))
  }))
  return { digest: sha256(manifestText), manifestText, configText, config, layers }
}

const clean = (path: string) => path.replace(/^\.?\/+/, "").replace(/\/+$/, "")

/** Returns the file system of an image, by path without a slash at its start or end. Applies the whiteouts of each layer. */
export const filesOf = (layers: ReadonlyArray<Layer>): ReadonlyMap<string, Entry> => {
  const files = new Map<string, Entry>()
  for (const layer of layers) {
    for (const entry of layer.entries()) {
      const path = clean(entry.path)
      const name = path.slice(path.lastIndexOf("/") + 1)
      const folder = path.slice(0, path.length - name.length)
      const gone = name === ".wh..wh..opq" ? folder : name.startsWith(".wh.") ? folder + name.slice(4) : undefined
      if (gone === undefined) files.set(path, entry)
      else for (const one of files.keys()) if (one === gone || one.startsWith(`${clean(gone)}/`)) files.delete(one)
    }
  }
  return files
}
