import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { layer, type VaultOptions } from "../../../layers/secrets/vault.ts"
import { SecretStore } from "../../../src/secrets/secret-store.ts"
import { secretStoreContract } from "../../contracts/secret-store.ts"
import { listening } from "../../support/http.ts"
import { vault } from "./vault-stand-in.ts"

const written = Effect.fnUntraced(function* (content: string) {
  const files = yield* FileSystem.FileSystem
  const path = `${yield* files.makeTempDirectoryScoped()}/file`
  yield* files.writeFileString(path, content)
  return path
}, Effect.orDie)

const options = (address: string, tokenFile: string, more: Partial<VaultOptions> = {}): VaultOptions => ({
  from: "vault",
  address,
  mount: "kv",
  auth: { _tag: "TokenFile", path: tokenFile },
  ...more
})

/** Vault with one secret, and a store that reads it. */
const harness = Effect.fnUntraced(function* (more: Partial<VaultOptions> = {}) {
  const server = yield* vault({ "meta/app-secret": { current: "two", previous: "one" } })
  const store = yield* Layer.build(layer(options(server.url, yield* written("root-token\n"), more)))
  const read = SecretStore.use((known) => known.read("meta/app-secret")).pipe(Effect.provideContext(store))
  return { ...server, read, value: Effect.map(read, ({ current }) => Redacted.value(current)) }
})

const kubernetes = (jwt: string) =>
  Effect.map(written(jwt), (tokenFile) => ({
    auth: { _tag: "Kubernetes", role: "comporta", mount: "kubernetes", tokenFile } as const
  }))
const appRole = Effect.map(written("an-id"), (secretIdFile) => ({
  auth: { _tag: "AppRole", roleId: "role", secretIdFile, mount: "approle" } as const
}))

const onDisk = Effect.provide(NodeFileSystem.layer)

describe("secrets from Vault", () => {
  secretStoreContract((given) =>
    Layer.unwrap(
      Effect.gen(function* () {
        const server = yield* vault(given)
        return layer(options(server.url, yield* written("root-token")))
      })
    ).pipe(Layer.provide(NodeFileSystem.layer))
  )

  it.effect("a secret from Vault has its version and the time of that version", () =>
    Effect.gen(function* () {
      const { read } = yield* harness()
      assert.deepInclude(yield* read, { version: "2", since: 1_700_000_002_000 })
    }).pipe(onDisk)
  )

  it.effect("concurrent reads from Vault share one session of Kubernetes or AppRole", () =>
    Effect.gen(function* () {
      for (const more of [kubernetes("a-jwt\n"), appRole]) {
        const { value, state } = yield* harness(yield* more)
        const values = yield* Effect.all(
          Array.from({ length: 8 }, () => value),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(new Set(values), new Set(["two"]))
        assert.strictEqual(state.logins, 1)
      }
    }).pipe(onDisk)
  )

  it.effect("a Vault session is renewed before it ends, and replaced when it has ended or is denied", () =>
    Effect.gen(function* () {
      const { value, state } = yield* harness(yield* kubernetes("a-jwt"))
      yield* value
      yield* TestClock.adjust("41 minutes")
      yield* value
      assert.deepStrictEqual([state.logins, state.renewals], [1, 1])
      yield* TestClock.adjust("2 hours")
      yield* value
      assert.deepStrictEqual([state.logins, state.renewals], [2, 1])
      state.tokens.clear()
      assert.strictEqual(yield* value, "two")
      assert.strictEqual(state.logins, 3)
    }).pipe(onDisk)
  )

  it.effect("a denied Vault token is replaced by the present one of the token file", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const file = yield* written("root-token")
      const { value, state } = yield* harness({ auth: { _tag: "TokenFile", path: file } })
      yield* value
      state.tokens.delete("root-token")
      state.tokens.add("next-token")
      yield* files.writeFileString(file, "next-token\n")
      assert.strictEqual(yield* value, "two")
    }).pipe(onDisk)
  )

  it.effect("a secret from Vault is read in the configured namespace", () =>
    Effect.gen(function* () {
      const { value, state } = yield* harness({ namespace: "team/a" })
      state.namespace = "team/a"
      assert.strictEqual(yield* value, "two")
      state.namespace = "team/b"
      assert.strictEqual((yield* Effect.flip(value))._tag, "SecretUnavailable")
    }).pipe(onDisk)
  )

  it.effect("a Vault error names its reason in our words, and repeats none of Vault's", () =>
    Effect.gen(function* () {
      const { read, state } = yield* harness()
      for (const [status, why] of [
        [403, "denies"],
        [429, "limits the rate"],
        [473, "standby"],
        [500, "answered 500"],
        [503, "sealed"]
      ] as const) {
        state.trouble = status
        const error = yield* Effect.flip(read)
        assert.include(error.reason, why)
        assert.notInclude(JSON.stringify(error) + error.message, "canary")
      }
      state.trouble = undefined
      assert.strictEqual(Redacted.value((yield* read).current), "two")
    }).pipe(onDisk)
  )

  it.effect("a Vault secret without a field `value` is refused", () =>
    Effect.gen(function* () {
      const { read, state } = yield* harness()
      state.secrets.set("meta/app-secret", [""])
      assert.include((yield* Effect.flip(read)).reason, "no field value")
    }).pipe(onDisk)
  )

  it.effect("a Vault read names a rejected role, an unreadable authority file or an unreachable server", () =>
    Effect.gen(function* () {
      const { read, state } = yield* harness(yield* kubernetes("another-jwt"))
      const refused = yield* Effect.flip(read)
      assert.include(refused.reason, "rejects the request")
      assert.notInclude(JSON.stringify(refused), "canary")
      assert.strictEqual(state.logins, 0)
      const { read: without } = yield* harness({ caFile: "/nowhere/ca.pem" })
      assert.include((yield* Effect.flip(without)).reason, "/nowhere/ca.pem")
      const { read: readUnreachable } = yield* harness({ address: "http://127.0.0.1:9" })
      assert.include((yield* Effect.flip(readUnreachable)).reason, "does not answer at http://127.0.0.1:9")
    }).pipe(onDisk)
  )

  it.effect("a Vault read ends after five seconds when the response never ends", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const server = yield* listening((_request, _body, response) => {
        response.writeHead(200, { "content-type": "application/json" }).write('{"data":')
        Deferred.doneUnsafe(begun, Exit.void)
      })
      const { read } = yield* harness({ address: `http://127.0.0.1:${server.port}` })
      const reading = yield* Effect.forkChild(Effect.flip(read))
      yield* Deferred.await(begun)
      yield* TestClock.adjust("5 seconds")
      const refused = yield* Fiber.join(reading)
      assert.include(refused.reason, "does not answer")
    }).pipe(onDisk)
  )

  it.effect("a Vault read never leaves the path of a secret", () =>
    Effect.gen(function* () {
      const { requestedPaths, url } = yield* vault({ a: { current: "x" } })
      const store = yield* Layer.build(layer(options(url, yield* written("root-token"))))
      for (const ref of ["../sys/seal", "a/../b", "/a", "a?version=1"]) {
        const error = yield* SecretStore.use((known) => known.read(ref)).pipe(Effect.provideContext(store), Effect.flip)
        assert.strictEqual(error.reason, "it is not the name of a secret")
      }
      assert.deepStrictEqual(requestedPaths, [])
    }).pipe(onDisk)
  )
})
