import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as MemorySecrets from "../../layers/secrets/memory.ts"
import { weakSecrets } from "../../src/boot/secret-checks.ts"
import type { Config } from "../../src/config/config.ts"
import { layer as secretsLayer } from "../../src/secrets/secrets.ts"
import { retentionDefaults } from "../../src/config/store-schema.ts"
import * as FakeLog from "../fakes/log.ts"

const good = {
  "api/crm": "cmp_crm-key-4b8a",
  "api/shop": "cmp_shop-key-77e1",
  "meta/app-secret": "app-secret-7f1c0de5",
  "meta/verify-token": "verify-token-51e0",
  "whatsapp/support": "EAAG-access-token-93d2"
}

const config: Config = {
  environment: "staging",
  server: { host: "127.0.0.1", port: 1 },
  store: { at: { _tag: "Memory" }, durability: "host", retention: retentionDefaults },
  api: {
    keys: [
      { id: "crm", secret: "api/crm", scopes: ["send"], namespace: "crm" },
      { id: "shop", secret: "api/shop", scopes: ["read"], namespace: "shop" }
    ]
  },
  boot: { deadCredential: "refuse" },
  staging: { people: {} },
  connectors: {
    whatsapp: {
      secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
      settings: {},
      accounts: { support: { secrets: { accessToken: "whatsapp/support" }, settings: {} } },
      capabilities: []
    }
  }
}

/** The references and reasons of what is refused, with these secrets in place of good ones. */
const refused = (secrets: Readonly<Record<string, string>>, previous: Readonly<Record<string, string>> = {}) => {
  const held = new Map(
    Object.entries({ ...good, ...secrets }).map(([ref, value]) => {
      const before = previous[ref]
      const old = before === undefined ? {} : { previous: Redacted.make(before) }
      return [ref, { current: Redacted.make(value), ...old }] as const
    })
  )
  return weakSecrets(config).pipe(
    Effect.map((all) => all.map(({ ref, reason }) => `${ref}: ${reason}`)),
    Effect.provide(secretsLayer().pipe(Layer.provide(MemorySecrets.layer(held)), Layer.provide(FakeLog.layer)))
  )
}

describe("weak secrets outside local", () => {
  it.effect("I5 the boot refuses a guessable secret, names its purpose, and shows no value", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* refused({}), [])
      const short = yield* refused({ "api/crm": "a", "meta/app-secret": "x", "whatsapp/support": "EAAG-tok" })
      assert.deepStrictEqual(
        short.map((one) => one.replace(/:.*(\d\d bytes).*/, " $1")),
        ["api/crm 16 bytes", "meta/app-secret 12 bytes", "whatsapp/support 12 bytes"]
      )
      assert.lengthOf(yield* refused({ "api/shop": "abababababababababab", "meta/app-secret": "x".repeat(64) }), 2)
    })
  )

  it.effect("I5 the boot refuses two API keys of one value, also of a previous version", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* refused({ "api/shop": good["api/crm"] }), [
        "api/shop: the API key crm has the same value"
      ])
      assert.deepStrictEqual(yield* refused({ "api/shop": good["api/shop"] }, { "api/crm": good["api/shop"] }), [
        "api/shop: the API key crm has the same value"
      ])
    })
  )
})
