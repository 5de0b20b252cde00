import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type RunningRelease, ShippedFiles } from "../../src/release/shipped-files.ts"

/** A release that runs from source. */
export const sourceRelease: RunningRelease = { node: { version: "24.21.0", platform: "linux-x64" } }

/** Shipped files as a test describes them; a run from source where it says nothing. */
export const shippedFilesWith = (given: Partial<ShippedFiles["Service"]>): Layer.Layer<ShippedFiles> =>
  Layer.succeed(ShippedFiles, {
    manifest: "absent",
    differences: Effect.succeed([]),
    nodeDigest: Effect.undefined,
    onRefused: () => Effect.void,
    discard: Effect.void,
    ...given
  })
