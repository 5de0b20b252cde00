import { existsSync } from "node:fs"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type Page, chromium } from "playwright-core"

/** Something did not show in time, or was not to be found. */
export class BrowserFailed extends Data.TaggedError("BrowserFailed")<{ readonly message: string }> {}

const debian = "/usr/bin/chromium"

/** Chromium where Debian's package puts it; `undefined` where it is not installed. */
export const executable = existsSync(debian) ? debian : undefined
if (executable === undefined) console.error("no page is tried: install chromium (Debian's package)")

/** Does something in the browser; it waits by itself for what is to be seen. */
export const browse = <A>(act: () => Promise<A>): Effect.Effect<A, BrowserFailed> =>
  Effect.tryPromise({ try: act, catch: (error) => new BrowserFailed({ message: String(error) }) })

/** A tab of a headless Chromium, and what went wrong in it. */
export const tab = (path: string) =>
  Effect.gen(function* () {
    const browser = yield* Effect.acquireRelease(
      browse(() => chromium.launch({ executablePath: path, chromiumSandbox: process.getuid?.() !== 0 })),
      (one) => Effect.ignore(browse(() => one.close()))
    )
    const page: Page = yield* browse(() => browser.newPage({ viewport: { width: 1280, height: 800 } }))
    const mistakes: Array<string> = []
    page.on("pageerror", ({ message }) => mistakes.push(message))
    page.on("console", (line) => (line.type() === "error" ? mistakes.push(line.text()) : 0))
    return { page, mistakes }
  })
