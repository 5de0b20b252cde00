import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json } from "../../src/domain/json.ts"
import { aText, bearer, type Client } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask, spoken } from "../support/http.ts"
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

const wrong: ReadonlyArray<readonly [what: string, body: Record<string, Json>, path: ReadonlyArray<string>]> = [
  ["a text of 4,097 characters", { input: { body: "x".repeat(4_097) } }, ["input", "body"]],
  ["an empty text", { input: { body: "" } }, ["input", "body"]],
  ["no text", { input: {} }, ["input", "body"]],
  ["a text that is a number", { input: { body: 7 } }, ["input", "body"]],
  ["an unknown field", { surprise: 1 }, ["surprise"]],
  [
    "a field that the gateway writes",
    { input: { body: "x", biz_opaque_callback_data: "x" } },
    ["input", "biz_opaque_callback_data"]
  ],
  ["a flag that is a word", { input: { body: "x", preview_url: "yes" } }, ["input", "preview_url"]],
  ["a recipient that is a word", { to: "nobody" }, ["to"]],
  ["a recipient that is a number", { to: 15550102030 }, ["to"]],
  ["an empty recipient", { to: "" }, ["to"]],
  ["an input that is a list", { input: [] }, ["input"]],
  ["a connector that is a list", { connector: [] }, ["connector"]]
]

describe("invalid intents", () => {
  it.live("an invalid intent is answered 422 with the path of each error, and never calls the provider", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      for (const [what, change, path] of wrong) {
        const answer = yield* gateway.send("k", change)
        assert.strictEqual(answer.status, 422, what)
        assert.strictEqual(answer.headers["content-type"], "application/problem+json", what)
        assert.deepStrictEqual(answer.at("errors", 0, "path"), [...path], what)
      }
      for (const name of ["connector", "account", "capability", "input"]) {
        const { [name]: _, ...rest } = aText
        const answer = yield* post(gateway, JSON.stringify(rest))
        assert.strictEqual(answer.status, 422, name)
        assert.deepStrictEqual(answer.at("errors", 0, "path"), [name])
      }
      const { to: _, ...withoutRecipient } = aText
      const answer = yield* post(gateway, JSON.stringify(withoutRecipient))
      assert.strictEqual(answer.status, 422)
      assert.deepStrictEqual(answer.at("errors", 0, "path"), ["to"])
      assert.lengthOf(graph.requests.all, 0)
      assert.strictEqual((yield* gateway.send("k")).status, 200, "and its key is free")
    })
  )

  it.live("an intent with a text of 4,096 characters is sent", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      assert.strictEqual((yield* gateway.send("k", { input: { body: "é".repeat(4_096) } })).status, 200)
      assert.lengthOf(graph.effects.all, 1)
    })
  )

  it.live("an intent is answered 422 when its body is no JSON, and 413 above 1 MiB", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
      const invalid = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')])
      for (const body of ["", "{", "null", "[]", "7", deep, invalid]) {
        const answer = yield* post(gateway, body)
        assert.strictEqual(answer.status, 422, String(body).slice(0, 20))
        assert.strictEqual(answer.headers["content-type"], "application/problem+json")
      }
      const large = yield* post(gateway, JSON.stringify({ ...aText, input: { body: "x".repeat(1_048_576) } }))
      assert.strictEqual(large.status, 413)
      assert.lengthOf(graph.requests.all, 0)
    })
  )

  it.live("an intent whose body arrives too slowly is answered 408", () =>
    Effect.gen(function* () {
      const { gateway } = yield* running
      const head = ["POST /v1/intents HTTP/1.1", "host: a", `authorization: ${bearer("crm").authorization}`]
      const rest = ["idempotency-key: slow", "content-length: 100", "", '{"connector":']
      const answer = yield* spoken(gateway.url, [[...head, ...rest].join("\r\n")], "stay")
      assert.match(answer, /^HTTP\/1\.1 408 /)
      assert.include(answer, '"code":"timeout"')
    })
  )

  it.live("an intent is answered 404 when its connector, account or capability is not configured", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      for (const name of ["connector", "account", "capability"]) {
        for (const value of ["unheard", "__proto__", "constructor"]) {
          const answer = yield* gateway.send("k", { [name]: value })
          assert.strictEqual(answer.status, 404, `${name} ${value}`)
          assert.strictEqual(answer.at("code"), `unknown_${name}`)
          assert.notInclude(answer.text, value === "unheard" ? value : "__proto__")
        }
      }
      assert.lengthOf(graph.requests.all, 0)
    })
  )
})
