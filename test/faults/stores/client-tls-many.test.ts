import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { authority } from "../../support/certificates.ts"
import { redisCluster } from "../../support/redis-cluster.ts"
import { secureSentinel } from "../../support/redis-sentinel.ts"
import { noTls } from "../../support/redis-tls.ts"
import { isUp, opened, said, until } from "../../layers/redis/opened.ts"
import { incrementScript } from "../../layers/redis/tally.ts"
import { byAddress, byName, misnamed, refused, assertTlsFailure, unknown } from "../../layers/redis/untrusted.ts"

describe.skipIf(noTls)("cluster over TLS", () => {
  it.live("a cluster is trusted with its authority configured and each node under a name of its certificate", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { urls, primaries } = yield* redisCluster(0, { certificate: sign(byAddress) })
      const store = yield* opened({ cluster: urls, ca })
      for (const tag of ["a", "b", "c", "d", "e"]) {
        assert.strictEqual(yield* store.run(incrementScript, [`{${tag}}:k`], []), 1)
      }
      assert.lengthOf(yield* store.commandEach("PING"), 3)
      const without = yield* refused({ cluster: urls.slice(0, 1) })
      assertTlsFailure(without, `127.0.0.1:${primaries[0]?.tlsPort}`, unknown)
    })
  )

  it.live(
    "a cluster that announces addresses is rejected for name certificates, and one that announces names is not",
    () =>
      Effect.gen(function* () {
        const { ca, sign } = yield* authority
        const certificate = sign(byName)
        const seeds = (urls: ReadonlyArray<string>) => urls.map((url) => url.replace("127.0.0.1", "localhost"))
        const addressed = yield* redisCluster(0, { certificate })
        const failure = yield* refused({ cluster: seeds(addressed.urls), ca })
        assert.match(failure.message, /^connect to the store at 127\.0\.0\.1:\d+ \(TLS: ERR_TLS_CERT_ALTNAME_INVALID\)/)
        const named = yield* redisCluster(0, { certificate, named: "localhost" })
        const store = yield* opened({ cluster: seeds(named.urls), ca })
        for (const tag of ["a", "b", "c", "d", "e"]) {
          assert.strictEqual(yield* store.run(incrementScript, [`{${tag}}:k`], []), 1)
        }
      })
  )
})

describe.skipIf(noTls)("store under Sentinel over TLS", () => {
  it.live("a Sentinel store is found with its authority configured, also after a failover, and not without", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { name, nodes, primary, replicas } = yield* secureSentinel(sign(byAddress))
      const sentinel = { name, nodes, tls: true }
      assertTlsFailure(yield* refused({ sentinel }), "sentinel:main", unknown)
      const inPlain = yield* refused({ sentinel: { name, nodes }, ca, commandTimeout: 300 })
      assert.deepStrictEqual(said(inPlain), ["store_unavailable", "not_applied", true])
      const store = yield* opened({ sentinel, ca, replicas: 1, commandTimeout: 1_000 })
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
      yield* Effect.promise(() => primary.stop("SIGKILL"))
      yield* until(store.failovers, (count) => count > 0)
      yield* until(store.status, isUp)
      const [{ reply } = { reply: "" }] = yield* store.commandEach("INFO", "server")
      assert.isTrue(replicas.some(({ port }) => String(reply).includes(`tcp_port:${port}\r`)))
    })
  )

  it.live("the error names the TLS problem of one Sentinel, although another is unreachable", () =>
    Effect.gen(function* () {
      const { sign } = yield* authority
      const { name, nodes } = yield* secureSentinel(sign(byAddress))
      const some: readonly [string, ...ReadonlyArray<string>] = ["127.0.0.1:1", ...nodes]
      assertTlsFailure(yield* refused({ sentinel: { name, nodes: some, tls: true } }), "sentinel:main", unknown)
    })
  )

  it.live("the error does not name an unreachable Sentinel when the others do not know the primary's name", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { nodes } = yield* secureSentinel(sign(byAddress))
      const failure = yield* refused({ sentinel: { name: "other", nodes: ["127.0.0.1:1", ...nodes], tls: true }, ca })
      assert.strictEqual(failure.message, "connect to the store at sentinel:other (no answer): store_unavailable")
    })
  )

  it.live("a server reached under another name is rejected although its Sentinels are trusted", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { name, nodes } = yield* secureSentinel(sign(byName))
      const named = nodes.map((node) => node.replace("127.0.0.1", "localhost"))
      assertTlsFailure(yield* refused({ sentinel: { name, nodes: named, tls: true }, ca }), "sentinel:main", misnamed)
    })
  )
})
