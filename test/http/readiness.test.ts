import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { failed, ok } from "../../src/boot/report.ts"
import { Readiness } from "../../src/http/health/readiness.ts"
import { Breaker } from "../../src/inbound/deliver/circuit-breaker.ts"
import { untried } from "../../src/inbound/runtime/runtime-health.ts"
import { EventLogFaults } from "../fakes/event-log.ts"
import { broken } from "../fakes/faults.ts"
import { acknowledged, statusOf } from "../fakes/runtime.ts"
import { UnusableSecrets } from "../fakes/secrets.ts"
import { WatchedStore } from "../fakes/store-watch.ts"
import { api, baseLayer } from "./harness.ts"

const states = Effect.gen(function* () {
  const { report } = yield* Readiness
  const { ready, checks } = yield* report
  return [
    ready,
    ...checks.map(({ name, state, problem }) => [name, state, ...(problem === undefined ? [] : [problem])])
  ]
})

const serving = ["serving", "ok"]
const stopped = ["serving", "failed", "starting or draining"]
const reachable = ["store.reachable", "ok"]
const readable = ["secrets", "ok"]

describe("readiness", () => {
  it.effect("the gateway is ready while it serves, and neither before nor while it drains", () =>
    Effect.gen(function* () {
      const readiness = yield* Readiness
      assert.deepStrictEqual(yield* states, [false, stopped, reachable, readable])
      yield* readiness.serving(true)
      assert.deepStrictEqual(yield* states, [true, serving, reachable, readable])
      yield* readiness.serving(false)
      assert.deepStrictEqual(yield* states, [false, stopped, reachable, readable])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G45 the gateway is not ready while a store check fails, and names the check and its remedy", () =>
    Effect.gen(function* () {
      const { report, serving: serve } = yield* Readiness
      const store = yield* WatchedStore
      yield* serve(true)
      const failing = failed("store.replicas", "unmet", "a:1: 3 replicas can be promoted", "take one away")
      store.reports(ok("store.reachable"), failing)
      assert.deepStrictEqual(yield* report, {
        ready: false,
        checks: [
          { name: "serving", state: "ok" },
          { name: "store.reachable", state: "ok" },
          {
            name: "store.replicas",
            state: "failed",
            problem: "a:1: 3 replicas can be promoted",
            remedy: "take one away"
          },
          { name: "secrets", state: "ok" }
        ]
      })
      store.reports(ok("store.reachable"), ok("store.replicas"))
      assert.deepStrictEqual(yield* states, [true, serving, reachable, ["store.replicas", "ok"], readable])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the gateway is not ready while a secret is unreadable, and names it", () =>
    Effect.gen(function* () {
      yield* (yield* Readiness).serving(true)
      const unusable = yield* UnusableSecrets
      unusable.are("meta/app-secret")
      const problem = "meta/app-secret cannot be read"
      assert.deepStrictEqual(yield* states, [false, serving, reachable, ["secrets", "failed", problem]])
      unusable.are()
      assert.deepStrictEqual(yield* states, [true, serving, reachable, readable])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G48 the gateway stays ready while the runtime is away, and reports the reason", () =>
    Effect.gen(function* () {
      yield* (yield* Readiness).serving(true)
      const breaker = yield* Breaker
      const event = { conversation: "a", position: 1, state: untried, refusals: 0 }
      yield* breaker.leave(yield* breaker.enter, { ...event, answer: yield* statusOf(404) })
      const gone = ["runtime", "degraded", "away: http_404"]
      assert.deepStrictEqual(yield* states, [true, serving, reachable, readable, gone])
      yield* TestClock.adjust("1 second")
      yield* breaker.leave(yield* breaker.enter, { ...event, answer: yield* acknowledged })
      assert.deepStrictEqual(yield* states, [true, serving, reachable, readable])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the readiness endpoint answers 200 or 503 with the report, and calls no store", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const readiness = yield* Readiness
      const store = yield* EventLogFaults
      const red = yield* ask("/readyz")
      assert.strictEqual(red.status, 503)
      assert.deepInclude(red.body, { ready: false })
      yield* readiness.serving(true)
      const green = yield* ask("/readyz")
      assert.strictEqual(green.status, 200)
      assert.deepStrictEqual<unknown>(green.body, {
        ready: true,
        checks: [
          { name: "serving", state: "ok" },
          { name: "store.reachable", state: "ok" },
          { name: "secrets", state: "ok" }
        ]
      })
      assert.strictEqual(green.headers.get("cache-control"), "no-store")
      assert.lengthOf(store.calls.ping.all, 0)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the liveness endpoint answers 200 and calls no store", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const store = yield* EventLogFaults
      store.always("ping", broken)
      assert.strictEqual((yield* ask("/livez")).status, 200)
      assert.lengthOf(store.calls.ping.all, 0)
    }).pipe(Effect.provide(baseLayer))
  )
})
