import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { layer } from "../../../layers/provider-http/provider-http.ts"
import { NotSent } from "../../../src/connector/provider-http.ts"
import { call, post, withHttp } from "./calls.ts"
import { missing, secure } from "./secure.ts"

describe("G40 TLS to the provider", () => {
  it.live.skipIf(missing)("a certificate of an unknown authority fails as `NotSent`", () =>
    Effect.gen(function* () {
      const server = yield* secure
      const error = yield* Effect.flip(call(post(server.url)))
      assert.deepStrictEqual(error, new NotSent({ reason: "tls", cause: "DEPTH_ZERO_SELF_SIGNED_CERT" }))
      assert.deepStrictEqual(server.requestedPaths, [])
    }).pipe(withHttp)
  )

  it.live.skipIf(missing)("a configured certificate is trusted, for its own name only", () =>
    Effect.gen(function* () {
      const server = yield* secure
      const named = Effect.provide(layer({ ca: [server.cert] }))
      assert.strictEqual((yield* call(post(server.url)).pipe(named)).status, 200)
      const error = yield* call(post(server.url.replace("localhost", "127.0.0.1"))).pipe(named, Effect.flip)
      assert.deepStrictEqual(error, new NotSent({ reason: "tls", cause: "ERR_TLS_CERT_ALTNAME_INVALID" }))
    })
  )

  it.live.skipIf(missing)("environment variables cannot add trusted certificates or a proxy", () =>
    Effect.gen(function* () {
      const server = yield* secure
      const program = fileURLToPath(new URL("call-once.ts", import.meta.url))
      const env = {
        PATH: process.env["PATH"],
        NODE_EXTRA_CA_CERTS: server.file,
        NODE_TLS_REJECT_UNAUTHORIZED: "0",
        NODE_USE_ENV_PROXY: "1",
        HTTPS_PROXY: "http://127.0.0.1:1"
      }
      const said = yield* Effect.callback<string>((resume) => {
        execFile(process.execPath, [program, server.url], { env }, (_, out) => resume(Effect.succeed(out)))
      })
      assert.strictEqual(said.trim(), "NotSent tls")
      assert.deepStrictEqual(server.requestedPaths, [])
    })
  )
})
