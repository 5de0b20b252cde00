import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { authority, weakKey } from "../../support/certificates.ts"
import { redisServer } from "../../support/redis-server.ts"
import { noTls } from "../../support/redis-tls.ts"
import { impostor } from "./impostor.ts"
import { isDown, isUp, opened, until } from "./opened.ts"
import { incrementScript } from "./tally.ts"
import { byAddress, byName, misnamed, refused, assertTlsFailure, unknown, unsigned } from "./untrusted.ts"

/** Node's switch that turns checking off, for one scope. */
const unchecked = Effect.acquireRelease(
  Effect.sync(() => {
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"
  }),
  () => Effect.sync(() => delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"])
)

describe.skipIf(noTls)("server over TLS", () => {
  it.live("a client connects to a server whose authority is configured, and to no other", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const other = yield* authority
      const { tlsPort, url } = yield* redisServer([], sign(byAddress))
      const store = yield* opened({ url, ca })
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
      assertTlsFailure(yield* refused({ url }), `127.0.0.1:${tlsPort}`, unknown)
      assertTlsFailure(yield* refused({ url, ca: other.ca }), `127.0.0.1:${tlsPort}`, unknown)
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 2)
    })
  )

  it.live("a client connects to a server only under the names of its certificate", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { tlsPort, url } = yield* redisServer([], sign(byName))
      assertTlsFailure(yield* refused({ url, ca }), `127.0.0.1:${tlsPort}`, misnamed)
      const store = yield* opened({ url: `rediss://localhost:${tlsPort}`, ca })
      assert.strictEqual(yield* store.command("PING"), "PONG")
    })
  )

  it.live("a client rejects a server whose key is too weak", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { received, port, url } = yield* impostor(sign(byAddress, weakKey))
      assertTlsFailure(yield* refused({ url, ca }), `127.0.0.1:${port}`, "UNSPECIFIED")
      assert.deepStrictEqual(received, [])
    })
  )

  it.live("a client sends no password to an unverified server, whatever the environment says", () =>
    Effect.gen(function* () {
      const { ca } = yield* authority
      const { received, names, port, url } = yield* impostor((yield* authority).sign(byAddress))
      const password = () => Redacted.make("sesame")
      assertTlsFailure(yield* refused({ url, ca, password }), `127.0.0.1:${port}`, unsigned)
      yield* unchecked
      assertTlsFailure(yield* refused({ url, ca, password }), `127.0.0.1:${port}`, unsigned)
      assertTlsFailure(yield* refused({ cluster: [url], ca, password }), `127.0.0.1:${port}`, unsigned)
      const sentinel = { name: "main", nodes: [`127.0.0.1:${port}`], password, tls: true }
      assertTlsFailure(yield* refused({ sentinel, ca, password }), "sentinel:main", unsigned)
      assert.deepStrictEqual([received, names], [[], []])
      yield* refused({ url: url.replace("127.0.0.1", "localhost"), ca, password })
      assert.deepStrictEqual([received, names], [[], ["localhost"]])
    })
  )

  it.live("a client rejects an impostor in place of its server, and reconnects when the server returns", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { restart, stop, tlsPort, url } = yield* redisServer(["--requirepass", "sesame"], sign(byAddress))
      const store = yield* opened({ url, ca, password: () => Redacted.make("sesame") })
      yield* Effect.promise(() => stop())
      yield* until(store.status, isDown)
      const stranger = (yield* authority).sign(byAddress)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { calls, received } = yield* impostor(stranger, tlsPort)
          yield* Queue.takeN(calls, 3)
          const away = yield* Effect.flip(store.run(incrementScript, ["k"], []))
          assertTlsFailure(away, `127.0.0.1:${tlsPort}`, unsigned)
          assert.deepStrictEqual([SubscriptionRef.getUnsafe(store.status), received], ["down", []])
        })
      )
      yield* Effect.promise(() => restart())
      yield* until(store.status, isUp)
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
    })
  )

  it.live("a client connects neither to a TLS port in plain text nor to a plain port with TLS", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { port, tlsPort } = yield* redisServer([], sign(byAddress))
      const commandTimeout = 300
      for (const url of [`redis://127.0.0.1:${tlsPort}`, `rediss://127.0.0.1:${port}`]) {
        const { certainty, message } = yield* refused({ url, ca, commandTimeout })
        assert.match(message, /^connect to the store at 127\.0\.0\.1:\d+ \(.+\): store_(unavailable|closed|tls)$/)
        assert.strictEqual(certainty, "not_applied")
      }
    })
  )

  it.live("a client reports a server that demands a client certificate", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { tlsPort, url } = yield* redisServer([], sign(byAddress))
      const plain = yield* opened({ url, ca })
      yield* plain.command("CONFIG", "SET", "tls-auth-clients", "yes")
      assertTlsFailure(yield* refused({ url, ca }), `127.0.0.1:${tlsPort}`, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED")
    })
  )
})
