import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { renderHtml } from "../../src/gate/render/html.ts"
import { changed, judge } from "../gate/genuine.ts"
import { browse, executable, tab } from "../support/browser.ts"

const verdict = judge({ recorded: changed("1.1.2", (one) => ({ ...one, result: "fail" })) })

describe("page of a verdict in a browser", () => {
  it.live.skipIf(executable === undefined)(
    "the page shows every row on a screen, on a telephone and on paper, and requests nothing",
    () =>
      Effect.gen(function* () {
        const { page, mistakes } = yield* tab(executable ?? "")
        const requested: Array<string> = []
        page.on("request", (request) => requested.push(request.url()))
        yield* browse(() => page.setContent(renderHtml(verdict, "pt")))
        const rows = page.locator("tbody tr")
        assert.strictEqual(yield* browse(() => rows.count()), verdict.rows.length)
        for (const width of [1280, 390]) {
          yield* browse(() => page.setViewportSize({ width, height: 800 }))
          const wide = yield* browse(() => page.evaluate("document.documentElement.scrollWidth"))
          assert.isAtMost(Number(wide), width)
        }
        yield* browse(() => page.emulateMedia({ media: "print" }))
        const sentence = page.getByText("o último resultado é uma falha")
        assert.isTrue(yield* browse(() => sentence.isVisible()))
        assert.strictEqual(yield* browse(() => page.locator("details").first().isVisible()), false)
        const paper = yield* browse(() => page.pdf({ format: "A4" }))
        assert.isAbove(paper.length, 10_000)
        assert.deepStrictEqual(requested, [])
        assert.deepStrictEqual(mistakes, [])
      })
  )
})
