import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { secrets } from "../support/client.ts"
import { installation, launch, type Launching } from "../support/program.ts"
import { checksOf, stagingFile } from "../support/staging.ts"

const nowhere = { redisUrl: "redis://127.0.0.1:9", graph: "http://127.0.0.1:9" }

const staging = installation({ sealed: true, file: (directory, port) => stagingFile(directory, port, nowhere) })

/** A directory with what the tricks name. */
const workDirectory = Effect.acquireRelease(
  Effect.sync(() => {
    const directory = mkdtempSync(join(tmpdir(), "comporta-started-"))
    writeFileSync(join(directory, "node.config.json"), JSON.stringify({ nodeOptions: { import: ["./loaded.mjs"] } }))
    writeFileSync(join(directory, "loaded.mjs"), "")
    writeFileSync(join(directory, "none.env"), "")
    return directory
  }),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

const named = (options: ReadonlyArray<string>) => options.map((option) => option.split("=", 1)[0] ?? "")

const options = [
  "--tls-keylog=keys",
  "--insecure-http-parser",
  "--import=./loaded.mjs",
  "--require=./loaded.mjs",
  "--env-file=none.env",
  "--openssl-config=none.env",
  "--inspect=127.0.0.1:0",
  "--use-openssl-ca",
  "--heapsnapshot-signal=SIGUSR2"
]

const variables = {
  NODE_OPTIONS: "--no-warnings",
  NODE_COMPILE_CACHE: "compiled",
  NODE_V8_COVERAGE: "coverage",
  NODE_PATH: "/tmp",
  NODE_TLS_REJECT_UNAUTHORIZED: "0",
  NODE_OF_TOMORROW: "1",
  LD_LIBRARY_PATH: "/nowhere",
  LD_PRELOAD: "/nowhere.so",
  LD_AUDIT: "/nowhere.so",
  OPENSSL_CONF: "/dev/null",
  OPENSSL_MODULES: "/nowhere",
  SSL_CERT_FILE: "/dev/null",
  SSL_CERT_DIR: "/nowhere"
}

const tricks: ReadonlyArray<readonly [how: string, launching: Launching, named: ReadonlyArray<string>]> = [
  [
    "a configuration file of Node",
    { nodeArguments: ["--experimental-config-file=node.config.json"] },
    ["--experimental-config-file"]
  ],
  [
    "the configuration file of its directory",
    { nodeArguments: ["--experimental-default-config-file"] },
    ["--experimental-config-file"]
  ],
  ["options of Node", { nodeArguments: options }, named(options)],
  ["variables", { env: variables }, Object.keys(variables)]
]

describe("process in staging", () => {
  it.live.each(tricks)("G40 the gateway refuses to start with %s, and names each", ([, launching, names]) =>
    Effect.gen(function* () {
      const { file } = yield* staging
      const directory = yield* workDirectory
      const { ended } = yield* launch(["check", "--config", file], { ...launching, directory })
      const { code, lines } = yield* ended
      assert.strictEqual(code, 78)
      const check = checksOf(lines.at(-1)).get("process")
      assert.strictEqual(check?.state, "failed")
      for (const name of names) assert.include(check?.problem, name)
    })
  )

  it.live("G40 the gateway refuses to start under --watch", () =>
    Effect.gen(function* () {
      const { file } = yield* staging
      const directory = yield* workDirectory
      const watched = yield* launch(["check", "--config", file], { nodeArguments: ["--watch"], directory })
      const lines = yield* watched.lines.until((all) => all.some(({ event }) => event === "boot.refused"))
      const check = checksOf(lines.find(({ event }) => event === "boot.refused")).get("process")
      assert.include(check?.problem, "WATCH_REPORT_DEPENDENCIES")
      writeFileSync(
        join(directory, "clean.mjs"),
        "delete process.env.LD_LIBRARY_PATH\nawait import(process.env.ENTRY)\n"
      )
      const cleaned = yield* launch(["check", "--config", file], {
        entry: join(directory, "clean.mjs"),
        env: { LD_LIBRARY_PATH: "/nowhere", ENTRY: new URL("../../bin/comporta.js", import.meta.url).href }
      })
      const { lines: said } = yield* cleaned.ended
      assert.include(checksOf(said.at(-1)).get("process")?.problem, "LD_LIBRARY_PATH")
    })
  )

  it.live("G44 the gateway refuses to start beside a .env file that holds a secret in UTF-16", () =>
    Effect.gen(function* () {
      const { file } = yield* staging
      const directory = yield* workDirectory
      writeFileSync(join(directory, ".env.old"), Buffer.from(`# ${secrets["meta/app-secret"]}`, "utf16le"))
      const { ended } = yield* launch(["check", "--config", file], { directory })
      const { lines, stdout, stderr } = yield* ended
      const check = checksOf(lines.at(-1)).get("leak:dotenv")
      assert.strictEqual(check?.state, "failed")
      assert.include(check?.problem, ".env.old")
      assert.notInclude(stdout + stderr, secrets["meta/app-secret"])
    })
  )

  it.live("G40 the gateway starts with the variables of images, npm and Kubernetes, and with a heap size", () =>
    Effect.gen(function* () {
      const { file } = yield* staging
      const directory = yield* workDirectory
      const env = {
        NODE_ENV: "production",
        NODE_VERSION: "24.21.0",
        NO_COLOR: "1",
        npm_lifecycle_event: "start",
        TZ: "UTC"
      }
      const nodeArguments = ["--max-old-space-size=512", "--disable-sigusr1"]
      const { ended } = yield* launch(["check", "--config", file], { env, nodeArguments, directory })
      assert.strictEqual(checksOf((yield* ended).lines.at(-1)).get("process")?.state, "ok")
    })
  )
})

describe("process in local", () => {
  it.live(
    "G40 a local gateway starts with options that staging refuses and reports them; SIGUSR1 opens no inspector",
    () =>
      Effect.gen(function* () {
        const { file, port } = yield* installation()
        const started = yield* launch(["serve", "--config", file], {
          env: { NODE_COMPILE_CACHE: "", NODE_PATH: "/tmp" }
        })
        const isAbout = (event: string) => (line: { readonly event?: unknown }) => line.event === event
        const lines = yield* started.lines.until((all) => all.some(isAbout("server.listening")))
        const check = checksOf(lines.find(isAbout("boot.validated"))).get("process")
        assert.strictEqual(check?.state, "ok")
        assert.include(check?.problem, "NODE_PATH")
        for (let attempt = 0; attempt < 20; attempt++) {
          started.child.kill("SIGUSR1")
          const response = yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}/livez`))
          assert.isBelow(response.status, 400)
        }
        started.child.kill("SIGTERM")
        const { code, stderr } = yield* started.ended
        assert.strictEqual(code, 0)
        assert.notInclude(stderr, "Debugger")
      })
  )
})
