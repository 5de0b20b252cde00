import { readFileSync } from "node:fs"
import { createServer, type Server } from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { AnyOptions } from "../../../layers/redis/client.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { authority, type Certificate } from "../../support/certificates.ts"
import { redisCluster } from "../../support/redis-cluster.ts"
import { secureSentinel } from "../../support/redis-sentinel.ts"
import { redisServer } from "../../support/redis-server.ts"
import { noTls } from "../../support/redis-tls.ts"
import { isUp, opened, said, until } from "./opened.ts"
import { increment } from "./tally.ts"

const byAddress = "IP:127.0.0.1"
const byName = "DNS:localhost"

const refused = (options: AnyOptions) => Effect.flip(Effect.scoped(opened(options)))

/** Says where and why, in words of ours and of Node alone. */
const tells = (failure: InfraError, at: string, why: string) => {
  assert.strictEqual(failure.message, `connect to the store at ${at} (TLS: ${why}): store_tls`)
  assert.deepStrictEqual([...said(failure), failure.cause], ["store_tls", "not_applied", true, undefined])
}

/** Redis shows its authority too. */
const unknown = "SELF_SIGNED_CERT_IN_CHAIN"
const unsigned = "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
const misnamed = "ERR_TLS_CERT_ALTNAME_INVALID"

/** Takes the handshake for Redis, and keeps what it is then told. */
const impostor = ({ cert, key }: Certificate) =>
  Effect.gen(function* () {
    const heard: Array<string> = []
    const names: Array<string> = []
    const SNICallback = (name: string, answer: (error: null) => void) => {
      names.push(name)
      answer(null)
    }
    const files = { cert: readFileSync(cert), key: readFileSync(key) }
    const server: Server = createServer({ ...files, SNICallback }, (socket) => {
      socket.on("data", (data) => heard.push(data.toString()))
      socket.on("error", () => undefined)
    })
    server.on("tlsClientError", () => undefined)
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () => Effect.sync(() => server.close())
    )
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    return { heard, names, port, url: `rediss://127.0.0.1:${port}` }
  })

/** Node's switch that turns checking off, for one scope. */
const unchecked = Effect.acquireRelease(
  Effect.sync(() => {
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"
  }),
  () => Effect.sync(() => delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"])
)

describe.skipIf(noTls)("a server over TLS", () => {
  it.live("is the store where its authority was named, and not for who trusts another one", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const other = yield* authority
      const { tlsPort, url } = yield* redisServer([], sign(byAddress))
      const store = yield* opened({ url, ca })
      assert.strictEqual(yield* store.run(increment, ["k"], []), 1)
      tells(yield* refused({ url }), `127.0.0.1:${tlsPort}`, unknown)
      tells(yield* refused({ url, ca: other.ca }), `127.0.0.1:${tlsPort}`, unknown)
      assert.strictEqual(yield* store.run(increment, ["k"], []), 2)
    })
  )

  it.live("is the store under the names of its certificate alone", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { tlsPort, url } = yield* redisServer([], sign(byName))
      tells(yield* refused({ url, ca }), `127.0.0.1:${tlsPort}`, misnamed)
      const store = yield* opened({ url: `rediss://localhost:${tlsPort}`, ca })
      assert.strictEqual(yield* store.command("PING"), "PONG")
    })
  )

  it.live("is told no password before it has proved who it is, whatever the environment says", () =>
    Effect.gen(function* () {
      const { ca } = yield* authority
      const { heard, names, port, url } = yield* impostor((yield* authority).sign(byAddress))
      const password = () => Redacted.make("sesame")
      tells(yield* refused({ url, ca, password }), `127.0.0.1:${port}`, unsigned)
      yield* unchecked
      tells(yield* refused({ url, ca, password }), `127.0.0.1:${port}`, unsigned)
      tells(yield* refused({ cluster: [url], ca, password }), `127.0.0.1:${port}`, unsigned)
      const sentinel = { name: "main", nodes: [`127.0.0.1:${port}`], password, tls: true }
      tells(yield* refused({ sentinel, ca, password }), "sentinel:main", unsigned)
      assert.deepStrictEqual([heard, names], [[], []])
      yield* refused({ url: url.replace("127.0.0.1", "localhost"), ca, password })
      assert.deepStrictEqual([heard, names], [[], ["localhost"]])
    })
  )

  it.live("is not asked in plain, and who speaks plain is not asked at all", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { port, tlsPort } = yield* redisServer([], sign(byAddress))
      const commandTimeout = 300
      for (const url of [`redis://127.0.0.1:${tlsPort}`, `rediss://127.0.0.1:${port}`]) {
        const { certainty, message } = yield* refused({ url, ca, commandTimeout })
        assert.match(message, /^connect to the store at 127\.0\.0\.1:\d+ \(.+\): store_(unavailable|tls)$/)
        assert.strictEqual(certainty, "not_applied")
      }
    })
  )

  it.live("may want a certificate of whoever comes, which is told", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { tlsPort, url } = yield* redisServer([], sign(byAddress))
      const plain = yield* opened({ url, ca })
      yield* plain.command("CONFIG", "SET", "tls-auth-clients", "yes")
      tells(yield* refused({ url, ca }), `127.0.0.1:${tlsPort}`, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED")
    })
  )
})

describe.skipIf(noTls)("a cluster over TLS", () => {
  it.live("is the store where its authority was named and each node is reached by a name of its certificate", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { urls, primaries } = yield* redisCluster(0, { certificate: sign(byAddress) })
      const store = yield* opened({ cluster: urls, ca })
      for (const tag of ["a", "b", "c", "d", "e"]) {
        assert.strictEqual(yield* store.run(increment, [`{${tag}}:k`], []), 1)
      }
      assert.lengthOf(yield* store.commandEach("PING"), 3)
      const without = yield* refused({ cluster: urls.slice(0, 1) })
      tells(without, `127.0.0.1:${primaries[0]?.tlsPort}`, unknown)
    })
  )

  it.live("that tells addresses is refused where its certificates hold names, and one that tells names is not", () =>
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
        assert.strictEqual(yield* store.run(increment, [`{${tag}}:k`], []), 1)
      }
    })
  )
})

describe.skipIf(noTls)("a store under Sentinel over TLS", () => {
  it.live("is found where its authority was named, also after a failover, and not without", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { name, nodes, primary, replicas } = yield* secureSentinel(sign(byAddress))
      const sentinel = { name, nodes, tls: true }
      tells(yield* refused({ sentinel }), "sentinel:main", unknown)
      const inPlain = yield* refused({ sentinel: { name, nodes }, ca, commandTimeout: 300 })
      assert.deepStrictEqual(said(inPlain), ["store_unavailable", "not_applied", true])
      const store = yield* opened({ sentinel, ca, replicas: 1, commandTimeout: 1_000 })
      assert.strictEqual(yield* store.run(increment, ["k"], []), 1)
      yield* Effect.promise(() => primary.stop("SIGKILL"))
      yield* until(store.failovers, (count) => count > 0)
      yield* until(store.status, isUp)
      const [{ reply } = { reply: "" }] = yield* store.commandEach("INFO", "server")
      assert.isTrue(replicas.some(({ port }) => String(reply).includes(`tcp_port:${port}\r`)))
    })
  )

  it.live("is refused where the Sentinels are who they should be, and the server is reached by another name", () =>
    Effect.gen(function* () {
      const { ca, sign } = yield* authority
      const { name, nodes } = yield* secureSentinel(sign(byName))
      const named = nodes.map((node) => node.replace("127.0.0.1", "localhost"))
      tells(yield* refused({ sentinel: { name, nodes: named, tls: true }, ca }), "sentinel:main", misnamed)
    })
  )
})
