import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { readConfig } from "../../src/config/read.ts"
import { runtimeTransport } from "../../src/config/rules.ts"
import { secretRefs } from "../../src/config/secret-refs.ts"
import { readText, staging } from "./files.ts"

describe("configuration file", () => {
  it.effect("the reader returns every key of the reference", () =>
    Effect.gen(function* () {
      const { config } = yield* readText(staging)
      assert.deepStrictEqual(config, {
        environment: "staging",
        server: { host: "0.0.0.0", port: 8443, management: { host: "10.0.0.5", port: 9443 } },
        store: {
          at: { _tag: "Server", url: "redis://redis:6379" },
          password: "redis/password",
          durability: "host",
          retention: {
            dedupe: Duration.days(9),
            delivered: Duration.hours(12),
            statuses: Duration.hours(3),
            deadLetters: Duration.weeks(3),
            intents: Duration.days(31),
            tombstones: Duration.days(401)
          },
          sealingKey: "store/sealing-key",
          pepper: "store/pepper"
        },
        secrets: {
          from: "vault",
          address: "https://vault:8200",
          mount: "kv",
          auth: {
            _tag: "Kubernetes",
            role: "comporta",
            mount: "kubernetes",
            tokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token"
          },
          poll: Duration.seconds(30),
          overlap: Duration.hours(1)
        },
        runtime: {
          _tag: "Push",
          url: "http://app.internal/comporta",
          secret: "runtime/signing",
          timeout: Duration.seconds(30),
          transport: "mesh"
        },
        api: {
          keys: [
            { id: "crm", secret: "api/crm", scopes: ["send", "read", "operate"], namespace: "crm" },
            { id: "shop", secret: "api/shop", scopes: ["send"], namespace: "crm" }
          ]
        },
        boot: { deadCredential: "pause" },
        telemetry: { otlp: { endpoint: "http://collector:4318" } },
        readiness: {
          trust: "/etc/comporta/trust.json",
          recorder: "readiness/recorder",
          build: ["/etc/comporta/build-record.json"],
          certificate: [],
          breakGlass: "/etc/comporta/break-glass.json"
        },
        staging: { people: { whatsapp: ["staging/people/ana"] } },
        connectors: {
          whatsapp: {
            secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
            accounts: {
              support: {
                secrets: { accessToken: "whatsapp/support" },
                settings: { phoneNumberId: "106540352242922" }
              }
            },
            capabilities: ["text", "mark_read"],
            settings: { graph: { version: "v25.0" } }
          }
        }
      })
    })
  )

  it.effect("the reader lists every secret reference once", () =>
    Effect.gen(function* () {
      const { config } = yield* readText(staging)
      assert.deepStrictEqual(secretRefs(config), [
        "redis/password",
        "store/sealing-key",
        "store/pepper",
        "runtime/signing",
        "api/crm",
        "api/shop",
        "readiness/recorder",
        "staging/people/ana",
        "meta/app-secret",
        "meta/verify-token",
        "whatsapp/support"
      ])
    })
  )

  it.effect("the reader fills in the defaults", () =>
    Effect.gen(function* () {
      const { config } = yield* readText("environment: local\nstore: { url: redis://localhost:6379 }\n")
      assert.deepStrictEqual(config, {
        environment: "local",
        server: { host: "127.0.0.1", port: 8080 },
        store: {
          at: { _tag: "Server", url: "redis://localhost:6379" },
          durability: "host",
          retention: {
            dedupe: Duration.days(8),
            delivered: Duration.hours(24),
            statuses: Duration.hours(2),
            deadLetters: Duration.days(30),
            intents: Duration.days(30),
            tombstones: Duration.days(400)
          }
        },
        api: { keys: [] },
        boot: { deadCredential: "refuse" },
        staging: { people: {} },
        connectors: {}
      })
    })
  )

  it.effect("the gateway listens to the network by default outside local", () =>
    Effect.gen(function* () {
      const { config } = yield* readText(staging.replace(/^server.*\n/m, ""))
      assert.strictEqual(config.server.host, "0.0.0.0")
    })
  )

  it.effect("the management port has the host of the server unless the file names another", () =>
    Effect.gen(function* () {
      const { config } = yield* readText("environment: local\nserver: { management: { port: 9000 } }\n")
      assert.deepStrictEqual(config.server, {
        host: "127.0.0.1",
        port: 8080,
        management: { host: "127.0.0.1", port: 9000 }
      })
    })
  )

  it.effect("staging pushes over plain HTTP to this machine, or to another one through a declared mesh", () =>
    Effect.gen(function* () {
      const push = (keys: string) => staging.replace(/push: \{.*\}/, `push: { secret: runtime/signing, ${keys} }`)
      for (const [keys, transport] of [
        ["url: 'https://app.internal/x'", "tls"],
        ["url: 'https://localhost'", "tls"],
        ["url: 'http://127.0.0.1:3000/x'", "loopback"],
        ["url: 'http://[::1]:3000'", "loopback"],
        ["url: 'http://LOCALHOST:3000/x?code=y'", "loopback"],
        ["url: 'http://app.internal', transport: mesh", "mesh"]
      ] as const) {
        const { config } = yield* readText(push(keys))
        assert.strictEqual(config.runtime?._tag === "Push" && runtimeTransport(config.runtime), transport, keys)
      }
    })
  )

  it.effect("the file may configure Sentinel, a cluster, memory in local, pull, and both ways of secret files", () =>
    Effect.gen(function* () {
      const store = (at: string) => staging.replace("url: redis://redis:6379", at)
      const sentinel = yield* readText(
        store(
          "sentinel: { name: main, nodes: [s1:26379, s2:26379], password: redis/sentinel, tls: true }\n  replicas: 2"
        )
      )
      assert.deepStrictEqual(sentinel.config.store.at, {
        _tag: "Sentinel",
        name: "main",
        nodes: ["s1:26379", "s2:26379"],
        password: "redis/sentinel",
        tls: true
      })
      assert.include(secretRefs(sentinel.config), "redis/sentinel")
      const cluster = yield* readText(store("cluster: { nodes: [rediss://a:6379, rediss://b:6379] }\n  replicas: 1"))
      assert.deepStrictEqual(cluster.config.store.at, {
        _tag: "Cluster",
        nodes: ["rediss://a:6379", "rediss://b:6379"]
      })
      const memory = yield* readText("environment: local\nstore: memory\nruntime: { pull: {} }\n")
      assert.deepStrictEqual(memory.config.store.at, { _tag: "Memory" })
      assert.deepStrictEqual(memory.config.runtime, { _tag: "Pull" })
      for (const files of ["directory: /run/secrets", "files: { directory: /run/secrets }"]) {
        const { config } = yield* readText(`environment: local\nsecrets: { from: files, ${files} }\n`)
        assert.deepStrictEqual(config.secrets, {
          from: "files",
          directory: "/run/secrets",
          poll: Duration.seconds(30),
          overlap: Duration.hours(1)
        })
      }
    })
  )

  it.effect("the reader locates every key, also one that only a connector's own schema reads", () =>
    Effect.gen(function* () {
      const { locate } = yield* readText(staging)
      assert.deepStrictEqual(locate(["server", "port"]), { line: 2, column: 26 })
      assert.deepStrictEqual(locate(["connectors", "whatsapp", "graph", "version"]), { line: 23, column: 14 })
      assert.deepStrictEqual(locate(["api", "keys", 1, "id"]), { line: 16, column: 9 })
      assert.deepStrictEqual(locate(["connectors", "whatsapp", "graph", "baseUrl"]), { line: 23, column: 5 })
    })
  )

  it.effect("production reads one or several certificates and build records, and has no test people", () =>
    Effect.gen(function* () {
      const { config } = yield* readText(
        staging
          .replace("environment: staging", "environment: production")
          .replace(
            /readiness: .*\nstaging: .*/,
            "readiness: { trust: /t.json, build: [/n.json, /n-1.json], certificate: /c.json }"
          )
      )
      assert.deepStrictEqual(config.readiness, {
        trust: "/t.json",
        build: ["/n.json", "/n-1.json"],
        certificate: ["/c.json"]
      })
      assert.deepStrictEqual(config.staging, { people: {} })
    })
  )

  it.effect("the file may use aliases", () =>
    Effect.gen(function* () {
      const { config, locate } = yield* readText(
        "environment: local\napi:\n  keys:\n    - { id: a, secret: x, scopes: &all [send, read] }\n    - { id: b, secret: y, scopes: *all }\n"
      )
      assert.deepStrictEqual(config.api.keys[1]?.scopes, ["send", "read"])
      assert.deepStrictEqual(locate(["api", "keys", 1, "scopes", 1]), { line: 4, column: 47 })
    })
  )

  it.effect("a missing file or a directory is one clear mistake", () =>
    Effect.gen(function* () {
      const absent = yield* readConfig("/nowhere/comporta.yaml").pipe(Effect.flip)
      assert.strictEqual(
        absent.message,
        "/nowhere/comporta.yaml expected this file, and it is not there: --config names another"
      )
      const directory = yield* readConfig("/tmp").pipe(Effect.flip)
      assert.strictEqual(directory.message, "/tmp expected a file that can be read")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
