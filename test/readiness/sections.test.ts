import * as Digest from "effect/crypto/Digest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { sectionDigests, type Sections, sectionsOf } from "../../src/readiness/sections.ts"
import type { World } from "../../src/readiness/world.ts"
import { canaries, type Change, configured, world } from "./configuration.ts"

const valuesOf = (sections: Sections, name: string) =>
  Object.fromEntries(Object.entries(sections[name] ?? {}).map(([field, { value }]) => [field, value]))

/** The names of the sections whose digests these changes move. */
const movedBy = Effect.fnUntraced(function* (changes: ReadonlyArray<Change>, changedWorld: Partial<World> = {}) {
  const before = yield* sectionDigests(sectionsOf({ ...(yield* configured()), world }))
  const after = yield* sectionDigests(
    sectionsOf({ ...(yield* configured(...changes)), world: { ...world, ...changedWorld } })
  )
  return Object.keys(before).filter((name) => before[name] !== after[name])
})

describe("sections of the configuration", () => {
  it.effect("the sections hold the structural fields, each chosen or of the world", () =>
    Effect.gen(function* () {
      const sections = sectionsOf({ ...(yield* configured()), world })
      assert.deepStrictEqual(Object.keys(sections), [
        "platform",
        "store",
        "secrets",
        "runtime",
        "connector:whatsapp",
        "connector:instagram"
      ])
      assert.deepStrictEqual(sections["platform"], {
        platform: { value: "kubernetes", origin: "world" },
        architecture: { value: "x64", origin: "world" }
      })
      assert.deepStrictEqual(valuesOf(sections, "store"), {
        topology: "server",
        tls: "on",
        caFile: "set",
        username: "absent",
        password: "set",
        durability: "host",
        "declared.appendfsync": "absent",
        replicas: "0",
        sealingKey: "set",
        pepper: "set",
        "retention.dedupe": "8d",
        "retention.delivered": "1d",
        "retention.statuses": "2h",
        "retention.deadLetters": "30d",
        "retention.intents": "30d",
        "retention.tombstones": "400d",
        kind: "redis",
        versionLine: "7.2",
        persistence: "appendonly always",
        eviction: "noeviction"
      })
      assert.strictEqual(sections["store"]?.["versionLine"]?.origin, "world")
      assert.strictEqual(sections["store"]?.["tls"]?.origin, "chosen")
      assert.deepStrictEqual(valuesOf(sections, "secrets"), {
        from: "vault",
        auth: "TokenFile",
        namespace: "absent",
        caFile: "absent"
      })
      assert.deepStrictEqual(valuesOf(sections, "runtime"), {
        deadCredential: "refuse",
        delivery: "push",
        transport: "mesh",
        caFile: "absent"
      })
      assert.deepStrictEqual(valuesOf(sections, "connector:instagram"), {
        "graph.version": "v25.0",
        appId: "absent",
        "graph.appSecretProof": "on",
        provider: "genuine",
        "secrets.accessToken": "set",
        "secrets.appSecret": "set",
        "secrets.verifyToken": "set"
      })
    })
  )

  it.effect("no section holds a host, an account, an alias, a secret, a path or a header", () =>
    Effect.gen(function* () {
      const written = JSON.stringify(sectionsOf({ ...(yield* configured()), world }))
      for (const canary of canaries) assert.notInclude(written, canary)
    })
  )

  it.effect(
    "a renamed secret, a moved secret, another alias, account, address, host or capability moves no section",
    () =>
      Effect.gen(function* () {
        const unmoved: ReadonlyArray<ReadonlyArray<Change>> = [
          [[/canary\/secret/g, "other/name"]],
          [[/\/etc\/canary/g, "/run/other"]],
          [["support-canary", "helpdesk"]],
          [["106540352242922", "106540352242999"]],
          [["redis-canary.internal", "10.0.0.7"]],
          [["app-canary.internal", "10.0.0.8"]],
          [["vault-canary", "vault.internal"]],
          [["[text, mark_read]", "[text, mark_read, location]"]],
          [["x-tenant: tenant-canary", "x-tenant: other"]],
          [
            [
              "      shop:",
              '      more: { instagramAccountId: "17841400000002", secrets: { accessToken: more/token, appSecret: more/app } }\n      shop:'
            ]
          ]
        ]
        for (const changes of unmoved) assert.deepStrictEqual(yield* movedBy(changes), [], String(changes))
      }).pipe(Effect.provide(Digest.layerWebCrypto))
  )

  it.effect("a chosen field moves the digest of its own section alone", () =>
    Effect.gen(function* () {
      const moved: ReadonlyArray<readonly [Change, string]> = [
        [["rediss:", "redis:"], "store"],
        [["  password:", "  durability: process\n  password:"], "store"],
        [
          ["from: vault, address: https://vault-canary:8200, auth: { tokenFile: /etc/canary/token }", "from: gcp"],
          "secrets"
        ],
        [
          [
            "http://app-canary.internal/comporta, secret: canary/secret-runtime, transport: mesh",
            "https://app-canary.internal, secret: canary/secret-runtime"
          ],
          "runtime"
        ],
        [["connectors:", "boot: { deadCredential: pause }\nconnectors:"], "runtime"],
        [
          ["  whatsapp:\n    graph: { version: v25.0 }", "  whatsapp:\n    graph: { version: v24.0 }"],
          "connector:whatsapp"
        ],
        [
          [
            "  instagram:\n    graph: { version: v25.0 }",
            "  instagram:\n    graph: { version: v25.0, appSecretProof: false }"
          ],
          "connector:instagram"
        ],
        [
          [
            "  instagram:\n    graph: { version: v25.0 }",
            '  instagram:\n    graph: { version: v25.0, baseUrl: "http://127.0.0.1:1" }'
          ],
          "connector:instagram"
        ]
      ]
      for (const [change, section] of moved) {
        const caFile: Change = ["  caFile: /etc/canary/ca.pem\n", ""]
        const changes = change[0] === "rediss:" ? [caFile, change] : [change]
        assert.deepStrictEqual(yield* movedBy(changes), [section], String(change))
      }
    }).pipe(Effect.provide(Digest.layerWebCrypto))
  )

  it.effect("a fact of the world moves the digest of the platform alone", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* movedBy([], { platform: "ecs" }), ["platform"])
      assert.deepStrictEqual(yield* movedBy([], { architecture: "arm64" }), ["platform"])
      const store = { kind: "valkey", versionLine: "8.0", persistence: "off", eviction: "allkeys-lru" }
      assert.deepStrictEqual(yield* movedBy([], { store }), [])
    }).pipe(Effect.provide(Digest.layerWebCrypto))
  )
})
