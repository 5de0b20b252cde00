import { appendFileSync, writeFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { askRedis } from "../support/ask-redis.ts"
import { secrets } from "../support/client.ts"
import { noCertificates } from "../support/certificates.ts"
import { certificates, tlsServer } from "../layers/runtime-push/runtime-certificates.ts"
import { comporta } from "../support/program.ts"
import { checksOf, failedIn, stagingFile, stagingSetup as house } from "../support/staging.ts"
import { messages, text } from "../support/webhook.ts"

describe("staging", () => {
  it.live("I5 the gateway starts once its store is stamped and every check passes, and logs that in one line", () =>
    Effect.gen(function* () {
      const { installed, store } = yield* house
      const early = yield* installed.run()
      assert.strictEqual(early.code, 78)
      assert.deepStrictEqual(failedIn(checksOf(early.lines.at(-1))), ["store.stamp"])
      assert.strictEqual((yield* store("init", "--partitions", "4")).code, 0)
      const program = yield* installed.start
      const [line] = yield* program.line("boot.validated")
      const checks = checksOf(line)
      assert.deepStrictEqual(failedIn(checks), [])
      for (const name of [
        "process",
        "leak:environment",
        "store.durability",
        "store.writable",
        "provider:whatsapp/support"
      ]) {
        assert.strictEqual(checks.get(name)?.state, "ok", name)
      }
      assert.strictEqual((yield* program.get("/readyz")).status, 200)
      assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 200)
      assert.match(checks.get("runtime.reachable")?.problem ?? "", /^the runtime is away, and events wait for it/)
      assert.match(
        checks.get("server.management")?.problem ?? "",
        /share port \d+ with webhooks: set server\.management/
      )
      assert.include(checks.get("implementations")?.problem, "transport: tls")
      assert.include(checks.get("readiness.recorder")?.problem, "no evidence is recorded")
    })
  )

  it.live.skipIf(noCertificates)("a runtime whose certificate is not trusted refuses the start, by `check` too", () =>
    Effect.gen(function* () {
      const { redis, graph, installed, store } = yield* house
      yield* store("init")
      const made = yield* certificates
      const check = Effect.fnUntraced(function* (runtime: string) {
        const given = { redisUrl: redis.url, graph: graph.url, runtime, server: ", management: { port: 1 }" }
        writeFileSync(installed.file, stagingFile(installed.directory, installed.port, given))
        const { code, stdout, stderr } = yield* comporta(["check", "--config", installed.file, "--json"])
        return { code, checks: checksOf(JSON.parse(code === 0 ? stdout : stderr)) }
      })
      const { url } = yield* tlsServer(made.expired)
      const expired = yield* check(`url: "${url}", caFile: "${made.caFile}"`)
      assert.deepStrictEqual([expired.code, failedIn(expired.checks)], [78, ["runtime.reachable"]])
      assert.include(expired.checks.get("runtime.reachable")?.problem, "has expired (CERT_HAS_EXPIRED)")
      assert.include(expired.checks.get("runtime.reachable")?.remedy, "renew")
      const nowhere = yield* check(`url: "${url}", caFile: /nowhere.pem`)
      assert.deepStrictEqual([nowhere.code, failedIn(nowhere.checks)], [78, ["runtime.push"]])
      assert.deepInclude(nowhere.checks.get("runtime.reachable"), {
        state: "blocked",
        problem: "waits for runtime.push"
      })
      const mesh = yield* check(`url: "http://app.internal/", transport: mesh`)
      assert.strictEqual(mesh.code, 0)
      assert.include(mesh.checks.get("implementations")?.problem, "transport: mesh")
      assert.match(mesh.checks.get("server.management")?.problem ?? "", /^API, metrics and documentation: port 1;/)
      assert.strictEqual(mesh.checks.get("runtime.reachable")?.state, "ok")
    })
  )

  it.live("G4 every script refuses a gateway whose store was fenced, until the gateway restarts", () =>
    Effect.gen(function* () {
      const { installed, store } = yield* house
      yield* store("init")
      const program = yield* installed.start
      assert.strictEqual((yield* store("fence")).code, 0)
      assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 503)
      assert.strictEqual((yield* program.get("/readyz")).status, 503)
      program.signal("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 0)
      const again = yield* installed.start
      assert.strictEqual((yield* again.deliver(messages(text("wamid.1")))).status, 200)
    })
  )

  it.live("I5 the boot report names every failed check at once, each with a remedy and no secret value", () =>
    Effect.gen(function* () {
      const { redis, graph, installed, store } = yield* house
      yield* store("init")
      yield* Effect.promise(() => askRedis(redis.port, ["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]))
      yield* Effect.promise(() => askRedis(redis.port, ["CONFIG", "SET", "appendfsync", "everysec"]))
      graph.refuseTokens()
      const given = { LEAK: secrets["meta/app-secret"], NODE_TLS_REJECT_UNAUTHORIZED: "0" }
      const ended = yield* installed.run(given)
      assert.strictEqual(ended.code, 78)
      assert.sameMembers(failedIn(checksOf(ended.lines.at(-1))), [
        "process",
        "leak:environment",
        "store.eviction",
        "store.durability",
        "provider:whatsapp/support"
      ])
      for (const secret of Object.values(secrets)) assert.notInclude(ended.stdout + ended.stderr, secret)
    })
  )

  it.live("G37 the gateway starts with a dead credential when configured to, and rejects its account's sends", () =>
    Effect.gen(function* () {
      const { graph, installed, store } = yield* house
      yield* store("init")
      graph.refuseTokens()
      assert.strictEqual((yield* installed.run()).code, 78)
      appendFileSync(installed.file, "boot: { deadCredential: pause }\n")
      const program = yield* installed.start
      assert.strictEqual((yield* program.get("/v1/accounts")).at("accounts", 0, "state"), "paused")
      const held = yield* program.send("k1")
      assert.deepStrictEqual([held.status, held.at("failure", "code")], [503, "paused_auth"])
      assert.lengthOf(graph.effects.all, 0)
      assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 200)
    })
  )

  it.live("the command `check` checks the configuration without serving", () =>
    Effect.gen(function* () {
      const { installed, store } = yield* house
      const check = (...more: ReadonlyArray<string>) => comporta(["check", "--config", installed.file, ...more])
      assert.strictEqual((yield* check()).code, 78)
      yield* store("init")
      const ended = yield* check("--json")
      assert.strictEqual(ended.code, 0, ended.stderr)
      assert.lengthOf(ended.stdout.trim().split("\n"), 1, ended.stdout)
      const report = JSON.parse(ended.stdout)
      assert.strictEqual(report.event, "boot.validated")
      assert.deepStrictEqual(failedIn(checksOf(report)), [])
      assert.match((yield* check()).stdout, /^ok {6} store\.stamp/m)
    })
  )
})
