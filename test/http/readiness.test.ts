import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Readiness } from "../../src/http/readiness.ts"
import { EventLogFaults } from "../fakes/event-log.ts"
import { broken, infra, refused, silent } from "../fakes/faults.ts"
import { UnusableSecrets } from "../fakes/secrets.ts"
import { api, ground } from "./house.ts"

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
const away = (problem: string) => ["store.reachable", "failed", problem]

describe("the readiness of the gateway", () => {
  it.effect("is red until it serves, green while it does, and red again while it drains", () =>
    Effect.gen(function* () {
      const readiness = yield* Readiness
      assert.deepStrictEqual(yield* states, [false, stopped, reachable, readable])
      yield* readiness.serving(true)
      assert.deepStrictEqual(yield* states, [true, serving, reachable, readable])
      yield* readiness.serving(false)
      assert.deepStrictEqual(yield* states, [false, stopped, reachable, readable])
    }).pipe(Effect.provide(ground))
  )

  it.effect("is red while the store is away, says why, and is green once it is back", () =>
    Effect.gen(function* () {
      const readiness = yield* Readiness
      const store = yield* EventLogFaults
      yield* readiness.serving(true)
      store.next("ping", refused(), refused("store_unstamped"), () => Effect.fail(infra("unknown", "store_error")))
      assert.deepStrictEqual(yield* states, [false, serving, away("store_unavailable"), readable])
      assert.deepStrictEqual(yield* states, [false, serving, away("store_unstamped"), readable])
      assert.deepStrictEqual(yield* states, [false, serving, away("store_error"), readable])
      assert.deepStrictEqual(yield* states, [true, serving, reachable, readable])
    }).pipe(Effect.provide(ground))
  )

  it.effect("is red while a secret cannot be read, names it, and is green once it can be", () =>
    Effect.gen(function* () {
      yield* (yield* Readiness).serving(true)
      const unusable = yield* UnusableSecrets
      unusable.are("meta/app-secret")
      const problem = "meta/app-secret cannot be read"
      assert.deepStrictEqual(yield* states, [false, serving, reachable, ["secrets", "failed", problem]])
      unusable.are()
      assert.deepStrictEqual(yield* states, [true, serving, reachable, readable])
    }).pipe(Effect.provide(ground))
  )

  it.effect("is red after two seconds of a store that says nothing", () =>
    Effect.gen(function* () {
      const store = yield* EventLogFaults
      store.next("ping", silent)
      const asked = yield* Effect.forkChild(states)
      yield* store.calls.ping.reach(1)
      yield* TestClock.adjust(1_999)
      assert.isUndefined(asked.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* Fiber.join(asked), [false, stopped, away("store_timeout"), readable])
    }).pipe(Effect.provide(ground))
  )

  it.effect("is answered 200 or 503 with the same report, and asks the store each time", () =>
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
      assert.lengthOf(store.calls.ping.all, 2)
    }).pipe(Effect.provide(ground))
  )

  it.effect("is another thing than being alive, which asks nobody", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const store = yield* EventLogFaults
      store.always("ping", broken)
      assert.strictEqual((yield* ask("/livez")).status, 200)
      assert.lengthOf(store.calls.ping.all, 0)
    }).pipe(Effect.provide(ground))
  )
})
