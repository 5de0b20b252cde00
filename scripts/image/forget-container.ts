import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { sha256 } from "../sha256.ts"
import { hexOf } from "./tar.ts"

const Whole = Schema.Record(Schema.String, Schema.Unknown)
const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Whole))
const Manifest = Schema.fromJsonString(
  Schema.Struct({
    schemaVersion: Schema.Number,
    mediaType: Schema.String,
    config: Schema.Struct({ mediaType: Schema.String, size: Schema.Number, digest: Schema.String }),
    layers: Schema.Array(Whole)
  })
)

/**
 * Removes the id and the host name of the container in which Buildah assembled the image. They are random, and no program
 * reads them. `folder` was written by `buildah push … dir:`.
 */
export const forgetContainer = (folder: string): void => {
  const path = join(folder, "manifest.json")
  const manifest = Schema.decodeUnknownSync(Manifest)(readFileSync(path, "utf8"))
  const before = join(folder, hexOf(manifest.config.digest))
  const { container: _, container_config: __, config, ...rest } = decode(readFileSync(before, "utf8"))
  const { Hostname: ___, ...settings } = Schema.decodeUnknownSync(Whole)(config)
  const text = JSON.stringify({ ...rest, config: settings })
  const digest = sha256(text)
  rmSync(before)
  writeFileSync(join(folder, hexOf(digest)), text)
  const described = { ...manifest.config, size: Buffer.byteLength(text), digest }
  writeFileSync(path, JSON.stringify({ ...manifest, config: described }))
}
