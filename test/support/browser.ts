import { existsSync } from "node:fs"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type Page, chromium } from "playwright-core"

/** An element did not appear in time, or was not found. */
export class BrowserFailed extends Data.TaggedError("BrowserFailed")<{ readonly message: string }> {}

const debian = "/usr/bin/chromium"

/** The path of Chromium from Debian's package; `undefined` when it is not installed. */
export const executable = existsSync(debian) ? debian : undefined
if (executable === undefined) console.error("no page is tried: install chromium (Debian's package)")

/** Performs an action in the browser, which itself waits for the elements that the action needs. */
export const browse = <A>(act: () => Promise<A>): Effect.Effect<A, BrowserFailed> =>
  Effect.tryPromise({ try: act, catch: (error) => new BrowserFailed({ message: String(error) }) })

/** Opens a tab of a headless Chromium and collects its errors. */
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
