import { statSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { askRedis } from "../../support/ask-redis.ts"
import { ask } from "../../support/http.ts"
import { checksOf, failedIn } from "../../support/staging.ts"
import { messages, text } from "../../support/webhook.ts"
import { at, configurations, textAt } from "../../deploy/files.ts"
import { type Platform, placeOf } from "../../deploy/place.ts"
import { containerOf, deployment, redisSet, service } from "../../deploy/platforms.ts"

const compose: Platform = {
  configuration: configurations.compose,
  redis: "compose/redis.conf",
  secretFile: (ref) => ref,
  inWorkingDirectory: false,
  env: { PORT: "", SSL_CERT_FILE: "", HOSTNAME: "c0ffee", HOME: "/home/nonroot" }
}

const systemd: Platform = {
  configuration: configurations.systemd,
  redis: "systemd/redis-comporta.conf",
  secretFile: (ref) => ref.replaceAll("/", "--"),
  inWorkingDirectory: true,
  env: {
    CREDENTIALS_DIRECTORY: "/run/credentials/comporta.service",
    INVOCATION_ID: "0123456789abcdef0123456789abcdef",
    JOURNAL_STREAM: "8:1",
    LANG: "C.UTF-8",
    SYSTEMD_EXEC_PID: "1"
  }
}

const platforms: ReadonlyArray<readonly [string, Platform]> = [
  ["Compose", compose],
  ["systemd", systemd]
]

describe("processes of deploy", () => {
  it.live.each(platforms)(
    "I5 a gateway with the files of %s starts in staging once its store is stamped, delivers a webhook and sends",
    ([_, platform]) =>
      Effect.gen(function* () {
        const { api, graph, run, runtime, start } = yield* placeOf(platform)
        const early = yield* run("check", "--json")
        assert.deepStrictEqual(failedIn(checksOf(early.lines.at(-1))), ["store.stamp"], early.stderr)
        assert.strictEqual((yield* run("store", "init")).code, 0)
        const program = yield* start
        assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 200)
        const [event] = yield* runtime.acknowledged(1)
        assert.strictEqual(event?.providerId, "wamid.1")
        assert.strictEqual((yield* api.send("order-1")).at("state"), "sent")
        assert.lengthOf(graph.effects.all, 1)
        for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
          const path = textAt(containerOf(deployment), probe, "httpGet", "path")
          assert.strictEqual((yield* ask(`${program.url}${path}`)).status, 200, path)
        }
        for (const path of ["/v1/accounts", "/metrics", "/docs", "/openapi.json"]) {
          assert.strictEqual((yield* program.get(path)).status, 404, path)
          assert.strictEqual((yield* api.get(path)).status, 200, path)
        }
        program.signal("SIGTERM")
        assert.strictEqual((yield* program.ended).code, 0)
      }),
    60_000
  )

  it.live("G4 a second `store init` keeps the stamp, and a store that lost its data refuses the gateway", () =>
    Effect.gen(function* () {
      const { loseData, redis, run } = yield* placeOf(compose)
      const deployment = Effect.map(run("store", "init", "--json"), ({ lines }) => lines.at(-1)?.["deployment"])
      const stamped = yield* deployment
      assert.isString(stamped)
      assert.strictEqual(yield* deployment, stamped)
      yield* Effect.promise(() => redis.stop())
      yield* Effect.promise(() => redis.restart())
      assert.strictEqual((yield* run("check", "--json")).code, 0)
      yield* Effect.promise(() => redis.stop())
      loseData()
      yield* Effect.promise(() => redis.restart())
      const lost = yield* run("check", "--json")
      assert.deepStrictEqual(failedIn(checksOf(lost.lines.at(-1))), ["store.stamp"])
    })
  )

  it.live("the health check of Redis passes without a password, and no other command does", () =>
    Effect.gen(function* () {
      const { redis } = yield* placeOf(compose)
      assert.deepStrictEqual(yield* Effect.promise(() => askRedis(redis.port, ["PING"])), ["PONG"])
      const refused = yield* Effect.promise(() => askRedis(redis.port, ["GET", "comporta:a"]).catch(String))
      assert.match(String(refused), /NOPERM/)
      const test = textAt(service("redis"), "healthcheck", "test", 1)
      for (const probe of ["startupProbe", "readinessProbe"]) {
        assert.deepStrictEqual(at(containerOf(redisSet), probe, "exec", "command"), ["sh", "-c", test])
      }
    })
  )

  it.live("the script keeps the secrets that exist, closes their directory and prints no value", () =>
    Effect.gen(function* () {
      const { made, printed } = yield* placeOf(compose)
      assert.strictEqual(statSync(made).mode & 0o777, 0o700)
      assert.notInclude(printed, "api/app")
      assert.notInclude(printed, "missing")
      assert.match(printed, /^(wrote \S+\n)+$/)
    })
  )
})
