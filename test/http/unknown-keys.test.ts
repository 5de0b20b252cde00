import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as ApiKeys from "../../layers/node-crypto/api-keys.ts"
import { unknownKeys, maxUnknownKeys } from "../../src/http/auth/unknown-keys.ts"
import { layer as secretsLayer, Secrets } from "../../src/secrets/secrets.ts"
import { SecretStore } from "../../src/secrets/secret-store.ts"
import * as RecordedLog from "../fakes/log.ts"

const client = { id: "crm", namespace: "crm", scopes: ["read"] } as const
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** A secret store with one API key, which a test rotates and holds up. */
const setup = () => {
  const store = { key: "key-one", reads: 0, gate: Effect.void as Effect.Effect<void> }
  const secretStore = Layer.succeed(SecretStore, {
    kind: "rotating",
    read: () =>
      Effect.suspend(() => {
        store.reads += 1
        return Effect.as(store.gate, { current: Redacted.make(store.key) })
      })
  })
  const keys = Layer.unwrap(
    Effect.gen(function* () {
      const { handle } = yield* Secrets
      return ApiKeys.layer([{ client, secret: yield* handle("api/crm") }])
    })
  )
  const secrets = secretsLayer({ poll: 86_400_000 }).pipe(Layer.provide(Layer.merge(secretStore, RecordedLog.layer)))
  return { store, layer: keys.pipe(Layer.provideMerge(secrets), Layer.orDie) }
}

describe("G29 unknown API keys", () => {
  it.effect("a request with an unknown key waits for one shared refresh, and its key is checked again", () => {
    const { store, layer } = setup()
    return Effect.gen(function* () {
      const doubted = yield* unknownKeys
      const open = yield* Deferred.make<void>()
      store.gate = Deferred.await(open)
      store.key = "key-two"
      let done = 0
      const over = Latch.makeUnsafe(false)
      const count = () => {
        done += 1
        if (done === maxUnknownKeys) over.openUnsafe()
      }
      const all = Array.from({ length: maxUnknownKeys }, (_, n) => doubted(bearer(`key-${n}`), count))
      assert.deepStrictEqual([...new Set(all)], ["waits"])
      assert.strictEqual(doubted(bearer("key-two"), count), "busy")
      assert.strictEqual(done, 0)
      yield* Deferred.succeed(open, undefined)
      yield* over.await
      assert.deepStrictEqual([done, store.reads], [maxUnknownKeys, 2])
      assert.strictEqual(
        doubted(bearer("key-two"), () => undefined),
        "refused"
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("G50 unknown keys cause at most one refresh in ten seconds, and none when no key is given", () => {
    const { store, layer } = setup()
    return Effect.gen(function* () {
      const doubted = yield* unknownKeys
      const knock = (key: string) => doubted(bearer(key), () => undefined)
      assert.strictEqual(
        doubted({}, () => undefined),
        "refused"
      )
      assert.strictEqual(knock("key-one"), "refused")
      assert.strictEqual(store.reads, 1)
      assert.strictEqual(knock("wrong"), "waits")
      for (let second = 0; second < 10; second++) {
        yield* TestClock.adjust(second === 0 ? 1 : "1 second")
        for (let n = 0; n < 100; n++) assert.strictEqual(knock(`wrong-${n}`), "refused")
      }
      assert.strictEqual(store.reads, 2)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(knock("wrong"), "waits")
    }).pipe(Effect.scoped, Effect.provide(layer))
  })
})
