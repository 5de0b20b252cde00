import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import process from "node:process"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { root } from "../house/imports.ts"
import { deafPort, listening } from "../support/http.ts"

/** Runs the health check of the image and returns its exit code and its line. */
const check = (port: number, ...args: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const child = spawn(process.execPath, [join(root, "bin/health.js"), ...args], { env: { PORT: String(port) } })
    let line = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (line += chunk))
    const [code]: ReadonlyArray<unknown> = await once(child, "close")
    return { code, line }
  })

describe("health check of the image", () => {
  it.live("the check ends with 0 for 200 alone, and requests the path that it is given", () =>
    Effect.gen(function* () {
      const statuses = new Map([
        ["/livez", 200],
        ["/readyz", 503]
      ])
      const { port } = yield* listening((request, _, response) => {
        response.writeHead(statuses.get(request.url ?? "") ?? 404).end()
      })
      assert.deepStrictEqual(yield* check(port), { code: 0, line: "/livez answered 200\n" })
      assert.deepStrictEqual(yield* check(port, "/readyz"), { code: 1, line: "/readyz answered 503\n" })
    })
  )

  it.live("the check ends with 1 and says what to do if nothing listens", () =>
    Effect.gen(function* () {
      const { code, line } = yield* check(yield* deafPort)
      assert.strictEqual(code, 1)
      assert.strictEqual(line, "/livez cannot be reached: ECONNREFUSED; set PORT if the gateway listens elsewhere\n")
    })
  )
})
