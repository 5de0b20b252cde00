import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json } from "../../src/domain/json.ts"
import { ask } from "../support/http.ts"
import { installation } from "../support/program.ts"
import { provider } from "../support/provider.ts"

describe("G29 new API keys", () => {
  const body: Json = {
    connector: "whatsapp",
    account: "support",
    capability: "text",
    to: "+15550001111",
    input: { body: "hello" }
  }
  const requests = {
    "a send": { path: "/v1/intents", init: { method: "POST", body: JSON.stringify(body) } },
    "a list": { path: "/v1/accounts", init: {} }
  }
  for (const [what, { path, init }] of Object.entries(requests)) {
    it.live(`${what} accepts a new API key at once, and rejects a wrong one`, () =>
      Effect.gen(function* () {
        const graph = yield* provider()
        const installed = yield* installation({ provider: graph.url })
        const program = yield* installed.start
        const as = (key: string) =>
          ask(`${program.url}${path}`, {
            ...init,
            headers: { authorization: `Bearer ${key}`, "idempotency-key": "one", "content-type": "application/json" }
          })
        writeFileSync(join(installed.directory, "secrets/api/crm"), "cmp_a-key-of-a-moment-ago\n")
        assert.strictEqual((yield* as("cmp_a-key-of-a-moment-ago")).status, 200)
        assert.strictEqual((yield* as("cmp_a-wrong-key-of-no-one")).status, 401)
        assert.strictEqual((yield* program.get("/v1/nowhere")).status, 404)
      })
    )
  }
})
