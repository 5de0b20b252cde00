import * as net from "node:net"
import type * as tls from "node:tls"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { reachRuntime } from "../../../layers/runtime-push/reach-runtime.ts"
import { RuntimeUnreached, runtimeCheck, untrusted } from "../../../src/boot/runtime-check.ts"
import { noCertificates } from "../../support/certificates.ts"
import { deafPort } from "../../support/http.ts"
import { recorded } from "../../support/recorded.ts"
import { portOf } from "../provider-http/peer.ts"
import { certificates, tlsServer } from "./runtime-certificates.ts"

const reach = (url: string, caFile?: string) =>
  reachRuntime({ url, ...(caFile === undefined ? {} : { caFile }) }).pipe(
    Effect.provide(NodeFileSystem.layer),
    Effect.result,
    Effect.map((result) => {
      if (Result.isSuccess(result)) return runtimeCheck(undefined)
      assert.instanceOf(result.failure, RuntimeUnreached)
      return runtimeCheck(
        new RuntimeUnreached({ code: result.failure instanceof RuntimeUnreached ? result.failure.code : "" })
      )
    })
  )

type Made = Effect.Success<typeof certificates>

/** Each server, the address that it is reached by, whether the authority is configured, and what the check says. */
const table: ReadonlyArray<
  readonly [
    name: string,
    options: (made: Made) => tls.TlsOptions,
    expected: { readonly state: "ok" | "failed"; readonly problem?: RegExp; readonly remedy?: RegExp },
    more?: { readonly host?: string; readonly trusted?: false }
  ]
> = [
  ["a good certificate", ({ good }) => good, { state: "ok" }],
  ["a good certificate for its address", ({ goodAddress }) => goodAddress, { state: "ok" }, { host: "127.0.0.1" }],
  ["a whole chain", ({ leafWithMiddle }) => leafWithMiddle, { state: "ok" }],
  [
    "an authority that no caFile names",
    ({ good }) => good,
    { state: "failed", problem: /UNABLE_TO_VERIFY_LEAF_SIGNATURE/, remedy: /caFile/ },
    { trusted: false }
  ],
  ["a stranger's certificate", ({ stranger }) => stranger, { state: "failed", problem: /authority/, remedy: /caFile/ }],
  [
    "a stranger's chain",
    ({ strangerChain }) => strangerChain,
    { state: "failed", problem: /SELF_SIGNED_CERT_IN_CHAIN/, remedy: /caFile/ }
  ],
  [
    "a certificate signed by itself",
    ({ own }) => own,
    { state: "failed", problem: /signed by itself \(DEPTH_ZERO_SELF_SIGNED_CERT\)/, remedy: /caFile/ }
  ],
  [
    "a chain without its intermediate authority",
    ({ leaf }) => leaf,
    { state: "failed", problem: /not known/, remedy: /all intermediate ones/ }
  ],
  [
    "another host's certificate",
    ({ otherHost }) => otherHost,
    { state: "failed", problem: /another host .*ERR_TLS_CERT_ALTNAME_INVALID/, remedy: /DNS name/ }
  ],
  [
    "an address written as a name",
    ({ nameForAddress }) => nameForAddress,
    { state: "failed", problem: /another host/, remedy: /IP address as IP address/ },
    { host: "127.0.0.1" }
  ],
  [
    "an expired certificate",
    ({ expired }) => expired,
    { state: "failed", problem: /CERT_HAS_EXPIRED/, remedy: /renew/ }
  ],
  ["a certificate for clients", ({ client }) => client, { state: "failed", problem: /not meant for servers/ }],
  [
    "a certificate below one of no authority",
    ({ belowNoAuthority }) => belowNoAuthority,
    { state: "failed", problem: /not for signing/ }
  ],
  ["a certificate of tomorrow", ({ early }) => early, { state: "ok", problem: /not valid yet/ }],
  [
    "a required client certificate, by TLS 1.3",
    ({ good }) => ({ ...good, requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" }),
    { state: "ok", problem: /requires a client certificate/ }
  ],
  [
    "a required client certificate, by TLS 1.2",
    ({ good }) => ({ ...good, requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" }),
    { state: "ok", problem: /requires a client certificate/ }
  ],
  [
    "an old version of TLS",
    ({ good }) => ({ ...good, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
    { state: "ok", problem: /old version of TLS/ }
  ]
]

describe("connection to the runtime", () => {
  it.live.skipIf(noCertificates)(
    "a certificate that waiting does not mend refuses the start, each with its words, and no peer gets a byte of a request",
    () =>
      Effect.gen(function* () {
        const made = yield* certificates
        for (const [name, options, { state, problem, remedy }, { host = "localhost", trusted = true } = {}] of table) {
          const { port, bytes } = yield* tlsServer(options(made))
          const check = yield* reach(`https://${host}:${port}/events?code=x`, trusted ? made.caFile : undefined)
          assert.strictEqual(check.name, "runtime.reachable", name)
          assert.strictEqual(check.state, state, `${name}: ${check.problem}`)
          if (problem === undefined) assert.isUndefined(check.problem, name)
          else assert.match(check.problem ?? "", problem, name)
          if (state === "failed") assert.match(check.remedy ?? "", remedy ?? /\S/, name)
          assert.deepStrictEqual(bytes, [], name)
        }
      }),
    60_000
  )

  it.live("a runtime that is away is a warning, whatever keeps the gateway from it", () =>
    Effect.gen(function* () {
      const talks = yield* Effect.acquireRelease(
        Effect.callback<net.Server>((resume) => {
          const server = net.createServer((socket) => {
            socket.on("error", () => undefined)
            socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")
          })
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      for (const [url, problem] of [
        [`https://localhost:${yield* deafPort}`, /nothing listens/],
        [`http://127.0.0.1:${yield* deafPort}`, /nothing listens/],
        ["https://runtime.test/", /does not resolve|resolver/],
        [`https://localhost:${portOf(talks)}`, /without TLS/]
      ] as const) {
        const check = yield* reach(url)
        assert.strictEqual(check.state, "ok", url)
        assert.match(check.problem ?? "", /events wait for it/, url)
        assert.match(check.problem ?? "", problem, url)
      }
    })
  )

  it.live("a runtime that accepts a connection and says nothing is away within the limit", () =>
    Effect.gen(function* () {
      const silent = yield* Effect.acquireRelease(
        Effect.callback<net.Server>((resume) => {
          const server = net.createServer((socket) => socket.on("error", () => undefined))
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const check = yield* reach(`https://localhost:${portOf(silent)}`)
      assert.strictEqual(check.state, "ok")
      assert.match(check.problem ?? "", /does not answer in time/)
    })
  )

  it.live("plain HTTP opens a connection and sends nothing over it, also to ::1 under the name localhost", () =>
    Effect.gen(function* () {
      for (const address of ["127.0.0.1", "::1"]) {
        const bytes: Array<string> = []
        const met = recorded<"connection">()
        const server = yield* Effect.acquireRelease(
          Effect.callback<net.Server>((resume) => {
            const one = net.createServer((socket) => {
              met.add("connection")
              socket.on("data", (chunk: Buffer) => bytes.push(chunk.toString()))
            })
            one.listen(0, address, () => resume(Effect.succeed(one)))
          }),
          (one) => Effect.sync(() => one.close())
        )
        for (const host of ["localhost", address === "::1" ? "[::1]" : address]) {
          const check = yield* reach(`http://${host}:${portOf(server)}/x`)
          assert.deepStrictEqual(check, { name: "runtime.reachable", state: "ok" }, host)
        }
        yield* met.atLeast(2)
        assert.deepStrictEqual(bytes, [])
      }
    })
  )

  it("every certificate that refuses the start has words of its own and a remedy", () => {
    for (const code of Object.keys(untrusted)) {
      const check = runtimeCheck(new RuntimeUnreached({ code }))
      assert.strictEqual(check.state, "failed", code)
      assert.include(check.problem, code)
      assert.match(check.remedy ?? "", /\S/)
    }
    for (const code of ["EACCES", "EAI_AGAIN", "ERR_SSL_SOMETHING", "CERT_NOT_YET_VALID", "constructor"]) {
      assert.strictEqual(runtimeCheck(new RuntimeUnreached({ code })).state, "ok", code)
    }
  })
})
