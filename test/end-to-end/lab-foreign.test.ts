import { createServer } from "node:http"
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type BrowserFailed, browse, executable, tab } from "../support/browser.ts"
import { ask } from "../support/http.ts"
import { lab } from "../support/lab.ts"

/** Sends a raw request and returns the status of the answer. */
const raw = (port: number, lines: ReadonlyArray<string>) =>
  Effect.callback<number>((resume) => {
    let text = ""
    const socket = connect(port, "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`))
    socket.on("data", (chunk) => (text += chunk.toString()))
    socket.on("close", () => resume(Effect.succeed(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0))))
    socket.on("error", () => undefined)
  })

/** A page of another site, which sends to the lab whatever a page can send without being asked first. */
const foreignSite = (lab: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
      const markup = `<title>waiting</title><form method="post" enctype="text/plain" target="frame"
        action="${lab}_simulator/customer-messages"><input name='{"from":"15550001111","text":"by a form' value='"}'></form>
        <iframe name="frame"></iframe><script>
        document.forms[0].submit()
        const send = () => fetch("${lab}_simulator/customer-messages",
          { method: "POST", mode: "no-cors", body: '{"from":"15550001111","text":"by a script"}' })
        Promise.allSettled([send(), send()]).then(() => setTimeout(() => (document.title = "sent"), 300))
        </script>`
      const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(markup))
      server.listen(0, "127.0.0.1", () => {
        const at = server.address()
        const port = typeof at === "object" && at !== null ? at.port : 0
        resume(Effect.succeed({ port, close: () => server.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

describe("lab and foreign sites", () => {
  it.live.skipIf(executable === undefined)(
    "the lab rejects requests that a page of another site makes in a browser",
    () =>
      Effect.gen(function* () {
        const { page: address } = yield* lab
        const site = yield* foreignSite(address)
        const before = yield* ask(`${address}_simulator/effects`)
        const { page } = yield* tab(executable ?? "")
        const answers: Array<number> = []
        page.on("response", (response) => {
          if (response.url().startsWith(address)) answers.push(response.status())
        })
        yield* browse(() => page.goto(`http://127.0.0.1:${site.port}/`))
        yield* browse(() => page.waitForFunction("document.title === 'sent'"))
        assert.isAtLeast(answers.length, 2)
        assert.deepStrictEqual([...new Set(answers)], [403])
        assert.strictEqual((yield* ask(`${address}_simulator/effects`)).text, before.text)
        yield* browse(() => page.goto(address))
        yield* browse(() => page.getByLabel("Message", { exact: true }).fill("from the lab's own page"))
        yield* browse(() => page.keyboard.press("Enter"))
        yield* browse(() => page.getByText("You said: from the lab's own page").first().waitFor())
      }).pipe(
        Effect.catchTag("BrowserFailed", (failed: BrowserFailed) => Effect.sync(() => assert.fail(failed.message)))
      )
  )

  it.live("the lab answers on each of its ports only under a name of this machine", () =>
    Effect.gen(function* () {
      const { page } = yield* lab
      const provider = Number(new URL(page).port)
      for (const port of [provider, provider + 1]) {
        const get = (...lines: ReadonlyArray<string>) => raw(port, ["GET / HTTP/1.1", ...lines, "Connection: close"])
        assert.strictEqual(yield* get("Host: rebound.example"), 403)
        assert.strictEqual(yield* get(`Host: 127.0.0.1:${port}`, "Origin: http://rebound.example"), 403)
        assert.notStrictEqual(yield* get(`Host: localhost:${port}`), 403)
      }
    })
  )
})
