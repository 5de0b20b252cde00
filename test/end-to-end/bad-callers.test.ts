import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { aText, bearer, type Client } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask } from "../support/http.ts"
import { provider } from "../support/provider.ts"

const running = Effect.gen(function* () {
  const graph = yield* provider()
  return { graph, gateway: yield* startGateway({ store: "memory", provider: graph.url }) }
})

const post = (gateway: Client, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
  ask(`${gateway.url}/v1/intents`, {
    method: "POST",
    headers: { ...bearer("crm"), "idempotency-key": "k", ...headers },
    body
  })

describe("API callers", () => {
  it.live("a caller with an unknown API key is answered 401, whatever else is wrong", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      const { authorization } = bearer("crm")
      const keys = [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        `${authorization}x`,
        authorization.slice(0, -1),
        authorization.replace("Bearer", "Basic"),
        `Bearer ${"k".repeat(10_240)}`
      ]
      for (const key of keys) {
        const answer = yield* post(gateway, JSON.stringify(aText), { authorization: key })
        assert.strictEqual(answer.status, 401, key.slice(0, 30))
        assert.strictEqual(answer.headers["www-authenticate"], "Bearer")
        assert.strictEqual(answer.headers["content-type"], "application/problem+json")
      }
      const none = yield* ask(`${gateway.url}/v1/intents`, { method: "POST", body: "{" })
      assert.strictEqual(none.status, 401)
      const unread = yield* ask(`${gateway.url}/v1/intents?state=nonsense`)
      assert.strictEqual(unread.status, 401)
      assert.lengthOf(graph.requests.all, 0)
    })
  )

  it.live("a caller whose API key has only scope read is answered 403 on a send", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      assert.strictEqual((yield* gateway.send("k", {}, "watch")).status, 403)
      assert.strictEqual((yield* gateway.get("/v1/intents?state=sent", "watch")).status, 200)
      assert.lengthOf(graph.requests.all, 0)
    })
  )

  it.live("a caller without a valid Idempotency-Key is answered 400", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      for (const key of [
        "",
        '""',
        '"',
        '"open',
        'in"side"',
        "k".repeat(10_240),
        "k".repeat(256),
        "caf\u00e9",
        '"a\\b"'
      ]) {
        const answer = yield* gateway.send(key)
        assert.strictEqual(answer.status, key === 'in"side"' ? 200 : 400, key.slice(0, 20))
      }
      const none = yield* ask(`${gateway.url}/v1/intents`, {
        method: "POST",
        headers: bearer("crm"),
        body: JSON.stringify(aText)
      })
      assert.strictEqual(none.status, 400)
      assert.strictEqual(none.at("code"), "idempotency_key")
      assert.strictEqual((yield* gateway.send("k".repeat(255))).status, 200)
      assert.lengthOf(graph.effects.all, 2)
    })
  )
})

describe("invalid queries about intents", () => {
  it.live("an invalid query is answered with a problem", () =>
    Effect.gen(function* () {
      const { gateway } = yield* running
      const queries: ReadonlyArray<readonly [path: string, status: number]> = [
        ["/v1/intents/int_00000000000000000000000000000000", 404],
        ["/v1/intents/nonsense", 404],
        ["/v1/intents", 400],
        ["/v1/intents?state=nonsense", 400],
        ["/v1/intents?state=sent&limit=0", 400],
        ["/v1/intents?state=sent&limit=many", 400],
        ["/v1/nothing", 404],
        ["/", 404]
      ]
      for (const [path, status] of queries) {
        const answer = yield* gateway.get(path)
        assert.strictEqual(answer.status, status, path)
        assert.strictEqual(answer.headers["content-type"], "application/problem+json", path)
      }
    })
  )

  it.live("the problem about an invalid query has code, type and title as the API describes", () =>
    Effect.gen(function* () {
      const { gateway } = yield* running
      for (const path of ["/v1/intents", "/v1/intents?state=nonsense"]) {
        const answer = yield* gateway.get(path)
        assert.match(String(answer.at("code")), /^[a-z_]+$/)
        assert.strictEqual(answer.at("type"), `urn:comporta:problem:${String(answer.at("code"))}`)
        assert.match(String(answer.at("title")), /\S/)
      }
    })
  )

  it.live("a query with an unreadable cursor is answered 400, not with an empty page", () =>
    Effect.gen(function* () {
      const { gateway } = yield* running
      assert.strictEqual((yield* gateway.get("/v1/intents?state=sent&cursor=nonsense")).status, 400)
    })
  )
})
