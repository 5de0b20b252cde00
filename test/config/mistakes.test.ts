import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mistakesOf, readText, staging } from "./files.ts"

const bad = `environment: staging
server: { hots: 0.0.0.0, port: 80800, trustedProxies: [10.0.0.0/99, 3] }
port: 3
store:
  url: redis://user:hunter2@redis:6379
  durability: none
  retention: { dedupe: 8 dayz, delivered: -1 days, statuses: 59 minutes }
  sealingKey: ../../etc/passwd
runtime:
  push: { url: http://app.internal/comporta, secret: /absolute }
secrets: { from: keychain }
api:
  keys:
    - { id: crm, secret: api/crm, scopes: [] }
    - { id: crm, secret: api//crm, scopes: [send, fly], colour: red }
connectors:
  WhatsApp: {}
  whatsapp:
    secrets: { appSecret: 3 }
    accounts:
      "sup port": {}
    capabilities: [Text]
`

describe("configuration mistakes", () => {
  it.effect("a delivery timeout above 120 seconds or of zero is a mistake", () =>
    Effect.gen(function* () {
      const withTimeout = (timeout: string) =>
        `environment: local\nruntime: { push: { url: "http://localhost", secret: a, timeout: ${timeout} } }`
      for (const timeout of ["121 seconds", "1 hour", "0 seconds", "30", "fast"]) {
        assert.deepStrictEqual(yield* mistakesOf(withTimeout(timeout)), [
          "2:56 runtime.push.timeout: expected a duration of at most 120 seconds, such as 30 seconds"
        ])
      }
      for (const timeout of ["120 seconds", "2 minutes", "500 millis"]) yield* readText(withTimeout(timeout))
    })
  )

  it.effect("every mistake is reported in its place, without the written value", () =>
    Effect.gen(function* () {
      const lines = yield* mistakesOf(bad)
      assert.deepStrictEqual(lines, [
        "2:11 server.hots: unknown key; known here: host, port, trustedProxies",
        "2:26 server.port: expected an integer between 1 and 65535",
        "2:56 server.trustedProxies[0]: expected an IP network, such as 10.0.0.0/8",
        "2:69 server.trustedProxies[1]: expected an IP network, such as 10.0.0.0/8",
        "3:1 port: unknown key; known here: environment, server, store, secrets, runtime, api, boot, telemetry, readiness, connectors",
        "4:1 store.pepper: expected, but not there: staging requires it",
        "5:3 store.url: expected a url such as redis://host:6379 or rediss://host:6379, without user info, query or fragment",
        '6:3 store.durability: expected "host" | "process"',
        "7:16 store.retention.dedupe: expected a duration of more than nothing, such as 8 days",
        "7:32 store.retention.delivered: expected a duration of more than nothing, such as 8 days",
        "7:52 store.retention.statuses: expected a duration of at least 1 hour, such as 2 hours",
        "8:3 store.sealingKey: expected the name of a secret, such as meta/app-secret",
        "10:11 runtime.push.url: expected an https url: this is staging",
        "10:46 runtime.push.secret: expected the name of a secret, such as meta/app-secret",
        "11:1 secrets: expected from: vault, gcp, aws or files",
        "14:35 api.keys[0].scopes: expected at least one",
        "15:18 api.keys[1].secret: expected the name of a secret, such as meta/app-secret",
        '15:51 api.keys[1].scopes[1]: expected "send" | "read" | "operate"',
        "15:57 api.keys[1].colour: unknown key; known here: id, secret, scopes, namespace",
        "17:3 connectors.WhatsApp: expected lower case letters, digits and dashes, at most 32 as its name",
        "19:16 connectors.whatsapp.secrets.appSecret: expected the name of a secret, such as meta/app-secret",
        "21:7 connectors.whatsapp.accounts.sup port: expected letters, digits, dashes and underscores, at most 64 as its name",
        "22:20 connectors.whatsapp.capabilities[0]: expected the id of a capability, such as mark_read"
      ])
    })
  )

  const changed = (from: string | RegExp, to: string) => mistakesOf(staging.replace(from, to))

  it.effect("contradicting keys are a mistake", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* changed("url: redis://redis:6379", "durability: host"),
        ["6:3 this key is written twice", "3:1 store: expected exactly one of url, sentinel and cluster"].toSorted()
      )
      assert.deepStrictEqual(yield* changed("id: shop", "id: crm"), [
        "16:9 api.keys[1].id: expected an id that no other key has"
      ])
      assert.deepStrictEqual(yield* changed("  push: {", "  pull: {}\n  push: {"), [
        "11:1 runtime: expected exactly one of push and pull"
      ])
      assert.deepStrictEqual(yield* changed("url: redis://redis:6379", "sentinel: { name: main, nodes: [s1:26379] }"), [
        "3:1 store.replicas: expected, but not there: a store that fails over needs their number"
      ])
      assert.deepStrictEqual(yield* changed(/store:\n( {2}.*\n)+/, "store: memory\n"), [
        "3:1 store: expected a store that lasts: memory is for local, this is staging"
      ])
    })
  )

  it.effect("an authority for a store without TLS is a mistake, as is a cluster with partial TLS", () =>
    Effect.gen(function* () {
      const store = (at: string) => mistakesOf(`environment: local\nstore:\n  ${at}\n  caFile: /etc/ca.pem\n`)
      const needless =
        "4:3 store.caFile: expected only where the store speaks TLS: rediss:// in its urls, or sentinel.tls: true"
      assert.deepStrictEqual(yield* store("url: redis://a:1"), [needless])
      assert.deepStrictEqual(yield* store("cluster: { nodes: [redis://a:1, redis://b:1] }"), [needless])
      assert.deepStrictEqual(yield* store("sentinel: { name: main, nodes: [s:1] }"), [needless])
      assert.deepStrictEqual(yield* store("sentinel: { name: main, nodes: [s:1], tls: false }"), [needless])
      assert.deepStrictEqual(yield* store("cluster: { nodes: [rediss://a:1, redis://b:1] }"), [
        "3:14 store.cluster.nodes: expected rediss:// for all of them, or for none"
      ])
      for (const at of [
        "url: rediss://a:1",
        "cluster: { nodes: [rediss://a:1, rediss://b:1] }",
        "sentinel: { name: main, nodes: [s:1], tls: true }"
      ]) {
        const { config } = yield* readText(`environment: local\nstore:\n  ${at}\n  caFile: /etc/ca.pem\n`)
        assert.strictEqual(config.store.caFile, "/etc/ca.pem")
      }
    })
  )

  it.effect("user info, a query or a fragment in a store URL is a mistake", () =>
    Effect.gen(function* () {
      for (const url of [
        "redis://:pw@h:1",
        "redis://u@h",
        "redis://@h",
        "redis://h?password=pw",
        "redis://h#pw",
        "http://h"
      ]) {
        const [line, ...others] = yield* changed("redis://redis:6379", url)
        assert.include(line, "4:3 store.url: expected a url such as redis://host:6379")
        assert.notInclude(line, "pw")
        assert.deepStrictEqual(others, [])
      }
      assert.lengthOf(yield* changed("https://vault", "https://root:pw@vault"), 1)
      assert.lengthOf(yield* changed("http://collector", "http://root:pw@collector"), 1)
    })
  )

  it.effect("a missing key that production requires is a mistake", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* mistakesOf(""), [
        " store: expected, but not there: production requires it",
        " secrets: expected, but not there: production requires it",
        " runtime: expected, but not there: production requires it",
        " connectors: expected, but not there: production requires it"
      ])
    })
  )

  it.effect("a text that is not one YAML document of plain keys is a mistake, and is not repeated", () =>
    Effect.gen(function* () {
      const first = (text: string) => Effect.map(mistakesOf(text), (lines) => lines[0])
      assert.strictEqual(yield* first('environment: "hunter2'), "1:22 expected YAML (missing char)")
      assert.strictEqual(
        yield* first("environment: local\n---\nenvironment: local\n"),
        "2:1 expected one YAML document"
      )
      assert.strictEqual(yield* first("environment: local\nenvironment: local\n"), "2:1 this key is written twice")
      assert.strictEqual(yield* first("environment: !env HUNTER2\n"), "1:14 expected no tags")
      assert.strictEqual(
        yield* first("environment: local\nserver:\n  <<: *hunter2\n"),
        "3:7 expected an alias of an anchor above it"
      )
      assert.include(yield* first("- a\n- b\n"), "expected keys and values")
      const bomb = `a: &a [x]\n${[..."bcdefghij"].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghij"[at]}`).join(", ")}]`).join("\n")}\n`
      assert.strictEqual(yield* first(bomb), " expected at most 100 uses of aliases")
      assert.strictEqual(yield* first(`# ${"x".repeat(1_100_000)}`), " expected a file of at most 1 MiB")
    })
  )

  it.effect("a mistake has its path and position as separate members", () =>
    Effect.gen(function* () {
      const error = yield* readText("environment: local\nserver: { port: no }\n").pipe(Effect.flip)
      assert.strictEqual(error._tag, "ConfigMistakes")
      assert.deepStrictEqual("mistakes" in error ? error.mistakes : [], [
        { path: "server.port", line: 2, column: 11, message: "expected an integer between 1 and 65535" }
      ])
    })
  )
})
