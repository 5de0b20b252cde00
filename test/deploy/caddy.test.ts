import { spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { request } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { ask, type Asking, deafPort, listening } from "../support/http.ts"
import { deployPath } from "./files.ts"

const noCaddy = spawnSync("caddy", ["version"]).status !== 0

/** Caddy ended before it served. */
class NotStarted extends Data.TaggedError("NotStarted")<{ readonly said: string }> {}

/** Starts a server that answers with its name and keeps what it receives. */
const upstream = (name: string) =>
  Effect.gen(function* () {
    const received: Array<{ readonly path: string; readonly signature: unknown; readonly body: Buffer }> = []
    const { port } = yield* listening((request, body, response) => {
      received.push({ path: request.url ?? "", signature: request.headers["x-hub-signature-256"], body })
      response.end(name)
    })
    return { address: `127.0.0.1:${port}`, received }
  })

/** Sends one request by TLS and returns status and text. Fails when the certificate is not of the authority. */
const askByTls = (url: string, ca: string, { method = "GET", headers = {}, body }: Asking) =>
  Effect.callback<{ readonly status: number | undefined; readonly text: string }, Error>((resume) => {
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
    const asked = request(url, { method, ca, agent: false, headers: sent }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () =>
        resume(Effect.succeed({ status: response.statusCode, text: Buffer.concat(chunks).toString("utf8") }))
      )
    })
    asked.on("error", (error) => resume(Effect.fail(error)))
    asked.end(body)
  })

/**
 * Runs Caddy with the file of a platform in front of two servers. It makes a certificate for `localhost` itself. `site` is
 * what an operator writes.
 */
const proxyOf = Effect.fnUntraced(function* (file: string, site = "localhost") {
  const [open, management] = [yield* upstream("public"), yield* upstream("management")]
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-caddy-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const [port, httpPort] = [yield* deafPort, yield* deafPort]
  const config = join(directory, "Caddyfile")
  const text = readFileSync(deployPath(file), "utf8")
  // The ports are fixed in the file, and another program may have them here.
  writeFileSync(
    config,
    text.replace(/^\{\n(\tadmin off\n)?/m, `{\n\tadmin off\n\thttp_port ${httpPort}\n\thttps_port ${port}\n`)
  )
  yield* Effect.acquireRelease(
    Effect.callback<{ readonly kill: () => void }, NotStarted>((resume) => {
      const said: Array<string> = []
      const child = spawn("caddy", ["run", "--config", config, "--adapter", "caddyfile"], {
        env: {
          HOME: directory,
          COMPORTA_SITE: site,
          COMPORTA_PUBLIC: open.address,
          COMPORTA_MANAGEMENT: management.address
        },
        stdio: ["ignore", "ignore", "pipe"]
      })
      child.stderr.on("data", (chunk) => {
        said.push(String(chunk))
        if (String(chunk).includes("serving initial configuration"))
          resume(Effect.succeed({ kill: () => child.kill() }))
      })
      child.on("close", () => resume(Effect.fail(new NotStarted({ said: said.join("") }))))
    }),
    ({ kill }) => Effect.sync(kill)
  )
  const authority = join(directory, ".local/share/caddy/pki/authorities/local/root.crt")
  const asked = (path: string, asking: Asking = {}) =>
    Effect.suspend(() => askByTls(`https://localhost:${port}${path}`, readFileSync(authority, "utf8"), asking)).pipe(
      // The certificate is made while Caddy serves already.
      Effect.retry(Schedule.max([Schedule.spaced("50 millis"), Schedule.recurs(100)]))
    )
  return { asked, inClear: `http://127.0.0.1:${httpPort}`, open, management }
})

const files = ["compose/Caddyfile", "systemd/Caddyfile"]

describe.skipIf(noCaddy)("proxy of deploy", () => {
  it.live("the proxy passes webhooks to the public port, bytes and signature unchanged", () =>
    Effect.gen(function* () {
      const { asked, open } = yield* proxyOf("compose/Caddyfile")
      const body = randomBytes(100_000)
      const answer = yield* asked("/webhooks/whatsapp", {
        method: "POST",
        headers: { "content-type": "application/json", "x-hub-signature-256": "sha256=ab" },
        body
      })
      assert.strictEqual(answer.text, "public")
      assert.deepStrictEqual(open.received, [{ path: "/webhooks/whatsapp", signature: "sha256=ab", body }])
    })
  )

  it.live.each(files)("the proxy passes the API to the management port, and nothing else to any port: %s", (file) =>
    Effect.gen(function* () {
      const { asked, open, management } = yield* proxyOf(file)
      assert.strictEqual((yield* asked("/v1/intents")).text, "management")
      for (const path of [
        "/",
        "/metrics",
        "/readyz",
        "/livez",
        "/docs",
        "/openapi.json",
        "/v1",
        "/webhooks",
        "/v2/a"
      ]) {
        assert.strictEqual((yield* asked(path)).status, 404, path)
      }
      assert.deepStrictEqual(open.received, [])
      assert.lengthOf(management.received, 1)
    })
  )

  it.live.each(files)("the proxy serves nothing without TLS but the address with it: %s", (file) =>
    Effect.gen(function* () {
      const { inClear, open, management } = yield* proxyOf(file)
      for (const path of ["/v1/intents", "/webhooks/whatsapp"]) {
        const { status, headers } = yield* ask(`${inClear}${path}`, { headers: { host: "localhost" } })
        assert.strictEqual(status, 308)
        assert.match(String(headers["location"]), /^https:\/\/localhost/)
      }
      assert.deepStrictEqual([open.received, management.received], [[], []])
    })
  )

  it.live.each(files)("the proxy lets nothing through without TLS for a site written with plain HTTP: %s", (file) =>
    Effect.gen(function* () {
      for (const site of ["http://localhost", "localhost, http://localhost"]) {
        const { inClear, open, management } = yield* proxyOf(file, site)
        for (const path of ["/v1/intents", "/webhooks/whatsapp"]) {
          const { text } = yield* Effect.orElseSucceed(
            ask(`${inClear}${path}`, { headers: { host: "localhost" } }),
            () => ({ text: "no answer" })
          )
          assert.notInclude(["public", "management"], text)
        }
        assert.deepStrictEqual([open.received, management.received], [[], []])
      }
    })
  )
})
