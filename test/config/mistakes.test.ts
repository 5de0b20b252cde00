import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mistakesOf, readText, staging } from "./files.ts"

const bad = `environment: staging
server: { hots: 0.0.0.0, port: 80800, trustedProxies: [10.0.0.0/99, 3], management: { port: 0 } }
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

const plainHttp =
  "runtime.push.url: expected an https url, since this is staging; http only to 127.0.0.1, [::1] or localhost, or with runtime.push.transport: mesh where a service mesh encrypts it"

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
        "2:11 server.hots: unknown key; known here: host, port, management",
        "2:26 server.port: expected an integer between 1 and 65535",
        "2:39 server.trustedProxies: this key is gone and never had an effect: the gateway uses no client address; delete it",
        "2:87 server.management.port: expected an integer between 1 and 65535",
        "3:1 port: unknown key; known here: environment, server, store, secrets, runtime, api, boot, telemetry, readiness, staging, connectors",
        "4:1 store.pepper: expected, but not there: staging requires it",
        "5:3 store.url: expected a url such as redis://host:6379 or rediss://host:6379, without user info, query or fragment",
        '6:3 store.durability: expected "host" | "process"',
        "7:16 store.retention.dedupe: expected a duration of more than nothing, such as 8 days",
        "7:32 store.retention.delivered: expected a duration of more than nothing, such as 8 days",
        "7:52 store.retention.statuses: expected a duration of at least 1 hour, such as 2 hours",
        "8:3 store.sealingKey: expected the name of a secret, such as meta/app-secret",
        `10:11 ${plainHttp}`,
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

  it.effect("plain HTTP to another machine is a mistake in staging without a mesh, whatever its name resembles", () =>
    Effect.gen(function* () {
      for (const host of [
        "app.internal",
        "10.0.0.5",
        "127.0.0.2",
        "0.0.0.0",
        "localhost.",
        "app.localhost",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "[::]",
        "[::ffff:127.0.0.1]"
      ]) {
        assert.deepStrictEqual(
          yield* changed(/push: \{.*\}/, `push: { url: "http://${host}:3000/x", secret: runtime/signing }`),
          [`12:11 ${plainHttp}`],
          host
        )
      }
    })
  )

  it.effect("a mesh or an authority that the url of the runtime does not need is a mistake", () =>
    Effect.gen(function* () {
      const needless = (url: string, key: string) =>
        changed(/push: \{.*\}/, `push: { url: "${url}", secret: runtime/signing, ${key} }`)
      for (const url of ["https://app.internal", "http://127.0.0.1:3000", "http://localhost"]) {
        const [line, ...others] = yield* needless(url, "transport: mesh")
        assert.include(line, "runtime.push.transport: expected only with an http url of another machine")
        assert.deepStrictEqual(others, [])
      }
      const [line] = yield* needless("http://app.internal", "transport: mesh, caFile: /etc/ca.pem")
      assert.include(line, "runtime.push.caFile: expected only with an https url")
      assert.include((yield* needless("http://app.internal", "transport: none")).join(), 'transport: expected "mesh"')
    })
  )

  it.effect("a management port that is the port of webhooks is a mistake, also when PORT makes it so", () =>
    Effect.gen(function* () {
      const same =
        "server.management.port: expected another port than server.port, which PORT replaces: leave server.management out to share it"
      assert.deepStrictEqual(yield* changed("port: 9443", "port: 8443"), [`2:68 ${same}`])
      assert.deepStrictEqual(
        yield* changed("port: 8443, management: { host: 10.0.0.5, port: 9443", "management: { port: 8080"),
        [`2:40 ${same}`]
      )
      assert.deepStrictEqual(yield* mistakesOf(staging, { port: "9443" }), [`2:68 ${same}`])
      yield* readText(staging.replace("port: 9443", "port: 8443"), { port: "8444" })
      assert.deepStrictEqual(
        yield* mistakesOf("environment: local\nserver: { management: { host: 0.0.0.0, port: 9000 } }\n"),
        ["2:25 server.management.host: expected a loopback address: local never listens to the network"]
      )
      assert.include((yield* changed("host: 10.0.0.5", "host: 'http://x'"))[0], "expected a host name or an IP address")
    })
  )

  it.effect("a key of the gate outside its environment is a mistake", () =>
    Effect.gen(function* () {
      const readiness = "readiness: { trust: /t.json, recorder: readiness/recorder, certificate: [/c.json] }"
      const staged = staging.replace(/readiness: .*/, readiness)
      assert.deepStrictEqual(yield* mistakesOf(staged), [
        "19:60 readiness.certificate: expected only in production, and this is staging: only production starts with one; delete it"
      ])
      assert.deepStrictEqual(yield* mistakesOf(staged, { environment: "production" }), [
        "19:30 readiness.recorder: expected only in staging, and this is production: only staging records evidence; delete it",
        "20:1 staging: expected only in staging, and this is production: only staging has test people; delete it"
      ])
      assert.deepStrictEqual(yield* mistakesOf(`environment: local\n${readiness}\nstaging: { people: {} }\n`), [
        "2:1 readiness: expected only in staging and production: local proves nothing; delete it",
        "3:1 staging: expected only in staging, and this is local: only staging has test people; delete it"
      ])
    })
  )

  it.effect("a public key of an earlier release is a mistake that names the trust file", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* changed(/readiness: .*/, "readiness: { publicKey: /etc/promotion.pub }"), [
        "19:1 readiness.trust: expected, but not there",
        "19:14 readiness.publicKey: this key is gone: readiness.trust names a file that has this key, its role and its dates"
      ])
    })
  )

  it.effect("test people of an unknown connector are a mistake, as is a number in place of a secret's name", () =>
    Effect.gen(function* () {
      const people = (written: string) => changed(/staging: \{.*/, `staging: { people: { ${written} } }`)
      assert.deepStrictEqual(yield* people("whatsap: [staging/people/ana]"), [
        "20:22 staging.people.whatsap: expected the name of a connector of this file: whatsapp"
      ])
      assert.deepStrictEqual(yield* people("whatsapp: []"), ["20:22 staging.people.whatsapp: expected at least one"])
      for (const number of ["'5511912345678'", "'+5511912345678'", "people/5511912345678"]) {
        assert.deepStrictEqual(yield* people(`whatsapp: [${number}]`), [
          "20:33 staging.people.whatsapp[0]: expected the name of a secret, such as staging/people/ana, and no number of a person"
        ])
      }
      assert.deepStrictEqual(yield* people("whatsapp: [a, a]"), [
        "20:22 staging.people.whatsapp: expected each of them once"
      ])
    })
  )

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
