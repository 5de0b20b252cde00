import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json } from "../../src/domain/json.ts"
import { AuditLog } from "../../src/audit/audit-log.ts"
import { api, baseLayer } from "./harness.ts"

const person = "+55 11 98765-0042"
const post = (value: Json) => {
  const body = JSON.stringify(value)
  return { method: "POST", body, headers: { "content-length": String(Buffer.byteLength(body)) } }
}

describe("erasure API", () => {
  it.effect("G14 erasure needs the scope operate, and neither response nor audit log names the person", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const path = "/v1/people/forget"
      const wanted = { connector: "fixture", person }
      const refused: ReadonlyArray<readonly [number, Json, string | undefined, string]> = [
        [401, wanted, undefined, "unauthorized"],
        [403, wanted, "key-reader", "forbidden"],
        [404, { ...wanted, connector: "pigeon" }, "key-all", "unknown_connector"],
        [404, { ...wanted, account: person }, "key-all", "unknown_account"],
        [422, { ...wanted, person: "Silva 98765" }, "key-all", "not_a_person"],
        [422, { ...wanted, reason: "he is 5511987650042" }, "key-all", "reason_names_person"],
        [422, { person }, "key-all", "invalid_request"],
        [400, { ...wanted, cursor: person }, "key-all", "invalid_cursor"]
      ]
      for (const [status, body, key, code] of refused) {
        const answer = yield* ask(path, post(body), key)
        assert.deepStrictEqual([answer.status, answer.body["code"]], [status, code])
        assert.notMatch(answer.text, /98765|Silva/)
      }
      const audit = yield* AuditLog
      assert.deepStrictEqual((yield* audit.list({ limit: 9 })).entries, [])
      const done = yield* ask(path, post({ ...wanted, reason: "on paper" }), "key-all")
      assert.strictEqual(done.status, 200)
      assert.deepInclude(done.body, { events: 0, intents: 0, unreadable: 0 })
      yield* ask(path, post({ ...wanted, person: "5511987650042" }), "key-all")
      const [second, first] = (yield* audit.list({ limit: 9 })).entries
      assert.match(first?.subject ?? "", /^fixture [0-9a-f]{32}$/)
      assert.deepStrictEqual([first?.action, first?.reason, first?.by], ["person.forget", "on paper", "all"])
      assert.strictEqual(second?.subject, first?.subject)
    }).pipe(Effect.provide(baseLayer))
  )
})
