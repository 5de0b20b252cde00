import * as Effect from "effect/Effect"
import type { BrowserPage } from "../../src/http/server/made-page.ts"

/** Bundled when it is asked for. The build puts the finished page in the place of this module. */
export const labPage: Effect.Effect<BrowserPage> = Effect.promise(async () => {
  const { bundle } = await import("./bundle.ts")
  return bundle("lab")
})
