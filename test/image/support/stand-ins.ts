import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process, { env } from "node:process"
import { gzipSync } from "node:zlib"
import * as Schema from "effect/Schema"
import { sha256 } from "../../../scripts/sha256.ts"
import { type Architecture, buildRoot, runRoot } from "./roots.ts"

/** The type and the bytes of everything that a registry serves, by digest. */
export type Blobs = Map<string, { readonly type: string; readonly bytes: Buffer }>

const json = "application/vnd.oci.image"
const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

const put = (blobs: Blobs, type: string, bytes: Buffer) => {
  const digest = sha256(bytes)
  blobs.set(digest, { type, bytes })
  return { mediaType: type, digest, size: bytes.length }
}

const putJson = (blobs: Blobs, type: string, value: unknown) => put(blobs, type, Buffer.from(JSON.stringify(value)))

const tarOf = (folder: string): Buffer => {
  const place = mkdtempSync(join(tmpdir(), "comporta-stand-in-"))
  const file = join(place, "layer.tar")
  const flags = [
    "--sort=name",
    "--numeric-owner",
    "--mtime=@1700000000",
    "--exclude=./dev/*",
    "--exclude=./var/cache/*"
  ]
  execFileSync("tar", ["--create", "--file", file, ...flags, "-C", folder, "."])
  const bytes = readFileSync(file)
  rmSync(place, { recursive: true })
  return bytes
}

interface Settings {
  readonly Env: ReadonlyArray<string>
  readonly User?: string
  readonly WorkingDir?: string
}

/** Packs a file system as an image of one layer. */
const packed = (blobs: Blobs, folder: string, architecture: Architecture, config: Settings) => {
  const tar = tarOf(folder)
  const layer = put(blobs, `${json}.layer.v1.tar+gzip`, gzipSync(tar, { level: 1 }))
  const created = "2026-10-01T00:00:00Z"
  const rootfs = { type: "layers", diff_ids: [sha256(tar)] }
  const history = [{ created, created_by: "stand-in" }]
  const described = putJson(blobs, `${json}.config.v1+json`, {
    created,
    architecture,
    os: "linux",
    config,
    rootfs,
    history
  })
  const manifest = { schemaVersion: 2, mediaType: `${json}.manifest.v1+json`, config: described, layers: [layer] }
  return { ...putJson(blobs, manifest.mediaType, manifest), platform: { os: "linux", architecture } }
}

export interface StandIns {
  readonly blobs: Blobs
  /** Digests of the indexes that stand for the two bases. */
  readonly build: string
  readonly run: string
}

const Index = Schema.fromJsonString(
  Schema.Struct({
    manifests: Schema.Array(
      Schema.Struct({ digest: Schema.String, platform: Schema.Struct({ architecture: Schema.String }) })
    )
  })
)
const Digests = Schema.Array(Schema.Struct({ digest: Schema.String }))
const OfImage = Schema.fromJsonString(
  Schema.Struct({ config: Schema.Struct({ digest: Schema.String }), layers: Digests })
)
const Config = Schema.fromJsonString(
  Schema.Struct({ rootfs: Schema.Struct({ diff_ids: Schema.Array(Schema.String) }) })
)

/** Returns the digests of the layers of one platform of an index, compressed and not. */
export const baseOf = (blobs: Blobs, index: string, architecture: Architecture) => {
  const textOf = (digest: string) => blobs.get(digest)?.bytes.toString("utf8") ?? ""
  const { manifests } = Schema.decodeUnknownSync(Index)(textOf(index))
  const found = manifests.find(({ platform }) => platform.architecture === architecture)
  const { config, layers } = Schema.decodeUnknownSync(OfImage)(textOf(found?.digest ?? ""))
  const { rootfs } = Schema.decodeUnknownSync(Config)(textOf(config.digest))
  return layers.map(({ digest }, at) => ({ digest, diffId: rootfs.diff_ids[at] ?? "" }))
}

/** Makes stand-ins for both bases from Debian's packages, and keeps them in `COMPORTA_STAND_INS` for the next run. */
export const standIns = (): StandIns => {
  const cache = env["COMPORTA_STAND_INS"] ?? join(tmpdir(), "comporta-stand-ins")
  mkdirSync(cache, { recursive: true })
  const blobs: Blobs = new Map()
  const index = (manifests: ReadonlyArray<object>) => {
    const type = `${json}.index.v1+json`
    return putJson(blobs, type, { schemaVersion: 2, mediaType: type, manifests }).digest
  }
  const extra = env["NODE_EXTRA_CA_CERTS"] === undefined ? [] : ["NODE_EXTRA_CA_CERTS=/etc/ssl/extra.pem"]
  const here: Architecture = process.arch === "arm64" ? "arm64" : "amd64"
  // A distroless base sets SSL_CERT_FILE, a user and a working directory.
  const ofRun = {
    Env: [path, "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"],
    User: "65532",
    WorkingDir: "/home/nonroot"
  }
  return {
    blobs,
    build: index([packed(blobs, buildRoot(cache), here, { Env: [path, ...extra] })]),
    run: index((["amd64", "arm64"] as const).map((one) => packed(blobs, runRoot(cache, one), one, ofRun)))
  }
}
