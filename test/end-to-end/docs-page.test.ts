import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { browse, executable, tab } from "../support/browser.ts"
import { startGateway } from "../support/gateway.ts"

describe("API documentation page", () => {
  it.live.skipIf(executable === undefined)(
    "the API page sends requests to the gateway alone, and shows no third-party features",
    () =>
      Effect.gen(function* () {
        const { url } = yield* startGateway({ store: "memory" })
        const { page, mistakes } = yield* tab(executable ?? "")
        const requestedUrls = new Set<string>()
        page.on("request", (request) => requestedUrls.add(request.url()))
        yield* browse(() => page.goto(`${url}/docs`, { waitUntil: "networkidle" }))
        yield* browse(() => page.getByRole("heading", { name: "Perform one intent, once" }).first().waitFor())
        assert.deepStrictEqual(
          [...requestedUrls].filter((address) => !address.startsWith("data:") && !address.startsWith("blob:")),
          [`${url}/docs`]
        )
        yield* browse(() => page.getByText("Bearer Token").first().waitFor())
        for (const another of ["Share", "Generate SDKs", "Developer Tools"]) {
          assert.strictEqual(yield* browse(() => page.getByText(another, { exact: true }).count()), 0, another)
        }
        assert.deepStrictEqual(mistakes, [])
      })
  )
})
