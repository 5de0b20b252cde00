import { appendFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { askRedis } from "../support/ask-redis.ts"
import { secrets } from "../support/client.ts"
import { comporta } from "../support/program.ts"
import { checksOf, failedIn, stagingSetup as house } from "../support/staging.ts"
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
