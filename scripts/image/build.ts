// @effect-diagnostics globalDate:off
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import * as Schema from "effect/Schema"
import { sha256 } from "../sha256.ts"
import { type Builder, buildInto } from "./builder.ts"
import { differences } from "./differences.ts"
import { filesOf, type Image, readImage } from "./layout.ts"

const root = resolve(fileURLToPath(import.meta.url), "../../..")

const git = (...args: ReadonlyArray<string>) =>
  execFileSync("git", ["-C", root, ...args], { encoding: "utf8", maxBuffer: 1 << 28 }).trim()

export interface Options {
  /** The commit that the image is built from. */
  readonly commit: string
  readonly builder: Builder
  readonly platform: string
  readonly output: string
  readonly npmrc?: string | undefined
  /** Bases in place of those of the Dockerfile: `BUILD_BASE`, `RUN_BASE`. */
  readonly bases: Readonly<Record<string, string>>
}

/** The circumstances of a build. The image depends on none of them. */
interface Circumstances {
  readonly depth: string
  readonly umask: number
  readonly timeZone: string
  readonly fresh: boolean
}

const first: Circumstances = { depth: "a", umask: 0o022, timeZone: "UTC", fresh: false }
const second: Circumstances = { depth: "another/place/b", umask: 0o077, timeZone: "Pacific/Chatham", fresh: true }

const Version = Schema.fromJsonString(Schema.Struct({ version: Schema.String }))

/** Writes the files of the commit to a folder. Nothing else of the working tree enters the image. */
const exportCommit = (commit: string, folder: string) => {
  mkdirSync(folder, { recursive: true })
  const archive = join(folder, "../archive.tar")
  git("archive", "--format=tar", "--output", archive, commit)
  execFileSync("tar", ["--extract", "--no-same-permissions", "--file", archive, "--directory", folder])
}

const building = (options: Options, { depth, umask, timeZone, fresh }: Circumstances): Image | undefined => {
  const place = mkdtempSync(join(tmpdir(), "comporta-image-"))
  const context = join(place, depth, "context")
  const before = process.umask(umask)
  try {
    exportCommit(options.commit, context)
    const temporary = join(place, depth, "tmp")
    mkdirSync(temporary)
    const { version } = Schema.decodeUnknownSync(Version)(readFileSync(join(context, "package.json"), "utf8"))
    const built = buildInto(options.builder, {
      context,
      output: options.output,
      platform: options.platform,
      epoch: Number(git("log", "-1", "--format=%ct", options.commit)),
      arguments: { ...options.bases, VERSION: version, REVISION: options.commit },
      npmrc: options.npmrc,
      fresh,
      env: { ...process.env, TMPDIR: temporary, TZ: timeZone }
    })
    return built ? readImage(options.output) : undefined
  } finally {
    process.umask(before)
    rmSync(place, { recursive: true, force: true })
  }
}

/** An image, and when its build began. */
export interface BuiltImage {
  readonly image: Image
  readonly startedAt: number
}

const timed = (options: Options, circumstances: Circumstances): BuiltImage | undefined => {
  const startedAt = Date.now()
  const image = building(options, circumstances)
  return image === undefined ? undefined : { image, startedAt }
}

/** Builds the image of a commit. Returns `undefined` when the build failed. */
export const build = (options: Options): BuiltImage | undefined => timed(options, first)

/**
 * Builds the image once more in another directory, with another TMPDIR, umask, time zone and clock, and without a cache.
 * Returns it with everything in which it differs from `image`; `undefined` when the build failed.
 */
export const rebuild = (options: Options, image: Image) => {
  const again = timed(options, second)
  return again === undefined ? undefined : { again, differing: differences(image, again.image) }
}

/** Names what is not in the image because it is not committed. */
export const uncommitted = (): ReadonlyArray<string> =>
  git("status", "--porcelain")
    .split("\n")
    .filter((line) => line !== "")

/** Returns the commit that is checked out. */
export const commit = (): string => git("rev-parse", "HEAD")

/** Returns the digest of a file of the image; `undefined` when the image has no such file. */
export const digestIn = (image: Image, path: string): string | undefined => {
  const found = filesOf(image.layers).get(path)
  return found === undefined ? undefined : sha256(found.content)
}
