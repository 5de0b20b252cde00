import * as Effect from "effect/Effect"
import type { BrowserPage } from "../../src/http/server/made-page.ts"

/** It is bundled at the first request. The build replaces this module by the finished page. */
export const labPage: Effect.Effect<BrowserPage> = Effect.promise(async () => {
  const { bundle } = await import("./bundle.ts")
  return bundle("lab")
})
