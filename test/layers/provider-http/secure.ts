import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import * as https from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { portOf } from "./peer.ts"

/** No certificate can be made here. */
export const missing = spawnSync("openssl", ["version"]).status !== 0
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

/** A server with a certificate of its own making, in `file`, for `localhost`. */
export const secure = Effect.gen(function* () {
  const pair = yield* certificate
  const requestedPaths: Array<string> = []
  const server = https.createServer({ key: pair.key, cert: pair.cert }, (request, response) => {
    requestedPaths.push(request.url ?? "")
    response.end("{}")
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "localhost", () => resume(Effect.void))
    }),
    () => Effect.sync(() => server.close())
  )
  return { ...pair, requestedPaths, url: `https://localhost:${portOf(server)}/m` }
})
