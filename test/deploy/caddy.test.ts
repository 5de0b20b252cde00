import { spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ask, deafPort, listening } from "../support/http.ts"
import { deployPath } from "./files.ts"

const noCaddy = spawnSync("caddy", ["version"]).status !== 0

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

/** Runs Caddy with the file of Compose, without TLS, in front of two servers. */
const proxy = Effect.gen(function* () {
  const [open, management] = [yield* upstream("public"), yield* upstream("management")]
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-caddy-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const url = `http://127.0.0.1:${yield* deafPort}`
  yield* Effect.acquireRelease(
    Effect.callback<{ readonly kill: () => void }>((resume) => {
      const child = spawn("caddy", ["run", "--config", deployPath("compose/Caddyfile"), "--adapter", "caddyfile"], {
        env: {
          HOME: directory,
          COMPORTA_SITE: url,
          COMPORTA_PUBLIC: open.address,
          COMPORTA_MANAGEMENT: management.address
        },
        stdio: ["ignore", "ignore", "pipe"]
      })
      child.stderr.on("data", (chunk) => {
        if (String(chunk).includes("serving initial configuration"))
          resume(Effect.succeed({ kill: () => child.kill() }))
      })
    }),
    ({ kill }) => Effect.sync(kill)
  )
  return { url, open, management }
})

describe.skipIf(noCaddy)("proxy of deploy", () => {
  it.live("the proxy passes webhooks to the public port, bytes and signature unchanged", () =>
    Effect.gen(function* () {
      const { url, open } = yield* proxy
      const body = randomBytes(100_000)
      const answer = yield* ask(`${url}/webhooks/whatsapp`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-hub-signature-256": "sha256=ab" },
        body
      })
      assert.strictEqual(answer.text, "public")
      assert.deepStrictEqual(open.received, [{ path: "/webhooks/whatsapp", signature: "sha256=ab", body }])
    })
  )

  it.live("the proxy passes the API to the management port, and nothing else to any port", () =>
    Effect.gen(function* () {
      const { url, open, management } = yield* proxy
      assert.strictEqual((yield* ask(`${url}/v1/intents`)).text, "management")
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
        assert.strictEqual((yield* ask(`${url}${path}`)).status, 404, path)
      }
      assert.deepStrictEqual(open.received, [])
      assert.lengthOf(management.received, 1)
    })
  )
})
