import * as Schema from "effect/Schema"
import { Build } from "../../src/release/build-record.ts"

/**
 * Result of one build of an image, which `npm run image -- --json` prints and a build record is made from. `startedAt`
 * tells two builds from two copies of one report.
 */
export const BuildReport = Schema.Struct({ ...Build.fields, commit: Schema.String, startedAt: Schema.Int })

/** A build that was made, with the names of platforms that builders use: `linux/amd64`. */
interface Made {
  readonly commit: string
  readonly builder: { readonly name: string; readonly version: string }
  readonly platform: string
  readonly image: string
  /** Digest of the manifest of the release in the image; absent when the image has none. */
  readonly manifest: string | undefined
  /** Milliseconds since 1970 when the build began. */
  readonly startedAt: number
}

/** Returns the report of a build, with the name of its platform as the manifest has it: `linux-x64`. */
export const reportOf = ({ builder: { name, version }, commit, image, manifest, platform, startedAt }: Made) => ({
  commit,
  startedAt,
  builder: { name, version },
  platform: platform.replace("/", "-").replace("amd64", "x64"),
  image,
  manifest
})
