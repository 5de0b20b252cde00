import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type BrowserFailed, browse, executable, tab } from "../support/browser.ts"
import { ask } from "../support/http.ts"
import { lab } from "../support/lab.ts"

describe("lab page", () => {
  it.live.skipIf(executable === undefined)(
    "the lab page shows a conversation, its webhooks and their faults as they happen",
    () =>
      Effect.gen(function* () {
        const { page: address } = yield* lab
        const { page, mistakes } = yield* tab(executable ?? "")
        yield* browse(() => page.goto(address))
        const bubbles = page.getByRole("log").getByRole("listitem")
        const webhooks = page.getByRole("list", { name: "Webhooks" }).locator(":scope > li")
        const sends = page.getByRole("list", { name: "Sends" }).locator(":scope > li")
        const shown = (where: typeof bubbles, text: string) =>
          browse(() => where.filter({ hasText: text }).first().waitFor())
        const writes = (text: string) =>
          browse(async () => {
            await page.getByLabel("Message", { exact: true }).fill(text)
            await page.keyboard.press("Enter")
          })

        yield* writes("<img src=x> & olá")
        yield* shown(bubbles, "You: <img src=x> & olá")
        yield* browse(() =>
          bubbles.filter({ hasText: "Support: You said: <img src=x> & olá" }).filter({ hasText: "delivered" }).waitFor()
        )
        assert.strictEqual(yield* browse(() => page.locator("img").count()), 0)
        yield* browse(() => page.getByRole("button", { name: /^Read \d/ }).click())
        yield* browse(() =>
          bubbles.filter({ hasText: "You said: <img src=x> & olá" }).filter({ hasText: "read" }).waitFor()
        )
        yield* shown(webhooks, "status.read")

        const message = webhooks.filter({ has: page.getByText("message", { exact: true }) })
        const before = yield* browse(() => message.count())
        yield* browse(() => message.first().getByRole("button").click())
        yield* browse(() => message.nth(before).waitFor())
        assert.include(yield* browse(() => message.first().innerText()), "200 deduped")
        yield* browse(() => message.first().locator("summary").click())
        yield* browse(() =>
          message
            .first()
            .locator("pre")
            .first()
            .getByText("&lt;img")
            .or(message.first().getByText("<img src=x> & olá"))
            .waitFor()
        )

        yield* browse(() => page.getByLabel("Fault of the next send").selectOption("refuse"))
        yield* browse(() => page.getByRole("button", { name: "Set fault" }).click())
        yield* browse(() => page.getByText("The next send: refuse.").waitFor())
        yield* writes("Once more")
        yield* shown(sends, "fault: refuse")
        assert.include(yield* browse(() => sends.first().innerText()), "400")
        assert.strictEqual(yield* browse(() => bubbles.filter({ hasText: "You said: Once more" }).count()), 0)
        yield* browse(() => page.getByText("The next send works.").waitFor())

        yield* browse(() => page.setViewportSize({ width: 390, height: 780 }))
        assert.isFalse(yield* browse(() => webhooks.first().isVisible()))
        yield* browse(() => page.getByRole("button", { name: "Provider" }).click())
        assert.isTrue(yield* browse(() => webhooks.first().isVisible()))
        const width = yield* browse(() => page.evaluate("document.documentElement.scrollWidth"))
        assert.isAtMost(Number(width), 390)
        assert.deepStrictEqual(mistakes, [])
      }).pipe(
        Effect.catchTag("BrowserFailed", (failed: BrowserFailed) => Effect.sync(() => assert.fail(failed.message)))
      )
  )

  it.live("the lab page permits no resources but its own", () =>
    Effect.gen(function* () {
      const { page, output } = yield* lab
      assert.include(output(), page)
      const markup = yield* ask(page)
      const policy = String(markup.headers["content-security-policy"])
      for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
        assert.include(policy, rule)
      assert.notMatch(policy, /unsafe|https?:|\*/)
      assert.notMatch(markup.text, /https?:|<style|<script(?! type="module" src="\/lab\/script\.js")/)
      for (const name of ["script.js", "style.css"]) {
        const file = yield* ask(`${page}lab/${name}`)
        assert.deepStrictEqual([file.status, file.headers["x-content-type-options"]], [200, "nosniff"])
        assert.notMatch(file.text, /dangerouslySetInnerHTML\s*=|@import/)
      }
    })
  )
})
