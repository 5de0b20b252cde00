import { execFile, execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import * as https from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { layer } from "../../../layers/provider-http/provider-http.ts"
import { NotSent } from "../../../src/connector/provider-http.ts"
import { call, post, withHttp } from "./calls.ts"
import { portOf } from "./peer.ts"

const missing = spawnSync("openssl", ["version"]).status !== 0
if (missing) console.log("skipped: the TLS tests need openssl to make a certificate")

const certificate = Effect.acquireRelease(
  Effect.sync(() => {
    const directory = mkdtempSync(join(tmpdir(), "comporta-tls-"))
    const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")]
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    execFileSync("openssl", ["req", ...kind, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" })
    return { directory, file: cert, key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") }
  }),
  ({ directory }) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

const secure = Effect.gen(function* () {
  const pair = yield* certificate
  const heard: Array<string> = []
  const server = https.createServer({ key: pair.key, cert: pair.cert }, (request, response) => {
    heard.push(request.url ?? "")
    response.end("{}")
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "localhost", () => resume(Effect.void))
    }),
    () => Effect.sync(() => server.close())
  )
  return { ...pair, heard, url: `https://localhost:${portOf(server)}/m` }
})

describe("G40 whom the provider's TLS trusts", () => {
  it.live.skipIf(missing)("a certificate of nobody we know is NotSent", () =>
    Effect.gen(function* () {
      const server = yield* secure
      const error = yield* Effect.flip(call(post(server.url)))
      assert.deepStrictEqual(error, new NotSent({ reason: "tls", cause: "DEPTH_ZERO_SELF_SIGNED_CERT" }))
      assert.deepStrictEqual(server.heard, [])
    }).pipe(withHttp)
  )

  it.live.skipIf(missing)("a certificate that was named is trusted, for its own name only", () =>
    Effect.gen(function* () {
      const server = yield* secure
      const named = Effect.provide(layer({ ca: [server.cert] }))
      assert.strictEqual((yield* call(post(server.url)).pipe(named)).status, 200)
      const error = yield* call(post(server.url.replace("localhost", "127.0.0.1"))).pipe(named, Effect.flip)
      assert.deepStrictEqual(error, new NotSent({ reason: "tls", cause: "ERR_TLS_CERT_ALTNAME_INVALID" }))
    })
  )

  it.live.skipIf(missing)("no environment variable makes it trust more, or go through a proxy", () =>
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
      assert.deepStrictEqual(server.heard, [])
    })
  )
})
