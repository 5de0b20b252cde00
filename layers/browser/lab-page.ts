import * as Effect from "effect/Effect"
import type { Page } from "../../src/http/server/browser-page.ts"

/** Bundled when it is asked for. The build puts the finished page in the place of this module. */
export const labPage: Effect.Effect<Page> = Effect.promise(async () => {
  const { bundle } = await import("./bundle.ts")
  return bundle("lab")
})
