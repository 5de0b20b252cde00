import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { secretRefs } from "../../src/config/secret-refs.ts"
import { mistakesOf, readText } from "./files.ts"

const file = (url: string, headers = "{}") =>
  `environment: local\nstore: memory\nsecrets: { from: files, directory: secrets }\nruntime:\n  push: { url: "${url}", secret: runtime/signing, headers: ${headers} }\n`
const plain = "https://app.internal/hook"
const reserved =
  "expected a header name that Comporta does not set itself; reserved: host, connection, transfer-encoding, te, upgrade, expect, trailer, keep-alive, user-agent, content-*, proxy-*, webhook-*"
const value = "expected 1 to 8192 printable ASCII characters without a blank at either end"

/** Returns the mistake in one header, without its position. */
const wrong = (header: string) =>
  Effect.map(mistakesOf(file(plain, `{ ${header} }`)), (lines) =>
    lines.map((line) => line.replace(/^\d+:\d+ runtime\.push\.headers\./, ""))
  )

describe("runtime.push", () => {
  it.effect("the push URL may have a query, also directly behind the host", () =>
    Effect.gen(function* () {
      for (const url of [
        "https://fn.example.invalid/api/hook?code=abc",
        "https://logic.example.invalid?sp=%2Ftriggers&sv=1.0&sig=a/b@c:d",
        "http://127.0.0.1:3001/?"
      ]) {
        const { config } = yield* readText(file(url))
        assert.propertyVal(config.runtime, "url", url)
      }
    })
  )

  it.effect("the push URL must have no user info, fragment or blanks, and an error repeats nothing of it", () =>
    Effect.gen(function* () {
      for (const url of [
        "https://u:hunter2@app.internal/hook?code=hunter2",
        "https://app.internal/hook?code=hunter2#hunter2",
        "https://app.internal/hook#hunter2",
        "https://app.internal/hook?code=hunter2 hunter2",
        "ftp://app.internal/hook?code=hunter2"
      ]) {
        assert.deepStrictEqual(yield* mistakesOf(file(url)), [
          "5:11 runtime.push.url: expected an http or https url, without user info or fragment"
        ])
      }
    })
  )

  it.effect("the push headers may be texts and secret references, which count among the secrets", () =>
    Effect.gen(function* () {
      const { config } = yield* readText(
        file(
          plain,
          `{ x-tenant: "a b", Authorization: { secret: runtime/bearer }, apikey: { secret: runtime/bearer } }`
        )
      )
      assert.deepNestedPropertyVal(config, "runtime.headers", {
        "x-tenant": "a b",
        Authorization: { secret: "runtime/bearer" },
        apikey: { secret: "runtime/bearer" }
      })
      assert.deepStrictEqual(secretRefs(config), ["runtime/signing", "runtime/bearer"])
    })
  )

  it.effect.each(
    [
      "host",
      "Connection",
      "content-length",
      "Content-Type",
      "transfer-encoding",
      "te",
      "upgrade",
      "expect",
      "trailer",
      "keep-alive",
      "proxy-authorization",
      "User-Agent",
      "webhook-id",
      "Webhook-Signature",
      "x y",
      "x:y",
      "x\\u0007y",
      "__proto__",
      ""
    ].map((name) => [name] as const)
  )("the push headers must not include the name `%s`", ([name]) =>
    Effect.gen(function* () {
      const [line = "", ...more] = yield* wrong(`"${name}": a`)
      assert.isTrue(line.endsWith(reserved), line)
      assert.deepStrictEqual(more, [])
    })
  )

  it.effect.each([
    ["a line break", String.raw`"hunter2\r\nx-more: 1"`],
    ["a control character", String.raw`"hunter2\u0007"`],
    ["a tab", String.raw`"hunter2\thunter2"`],
    ["a letter beyond ASCII", `"hunter2é"`],
    ["a blank at its end", `"hunter2 "`],
    ["nothing", `""`],
    ["too much", `"${"hunter2".repeat(1_200)}"`]
  ])("the push headers must not hold %s, and an error does not repeat the value", ([, written]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* wrong(`x-key: ${written}`), [`x-key: ${value}`])
    })
  )

  it.effect("the push headers must not have other values, duplicates or a secret as a name", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* wrong("x-key: 5"), [`x-key: ${value}, or { secret: <the name of a secret> }`])
      assert.deepStrictEqual(yield* wrong("x-key: { secret: /abs }"), [
        "x-key.secret: expected the name of a secret, such as meta/app-secret"
      ])
      assert.deepStrictEqual(yield* wrong("x-key: { secrt: a, secret: a }"), [
        "x-key.secrt: unknown key; known here: secret"
      ])
      assert.deepStrictEqual(yield* wrong("x-key: a, X-Key: b"), [
        "X-Key: expected each header once; upper and lower case are the same"
      ])
      assert.deepStrictEqual(yield* wrong("EAAGm0PX4ZCpsBAKZCx: a"), [
        "EAA… (19 characters): expected a name, and this looks like a secret: choose a name that a person would read"
      ])
    })
  )
})
