import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { listOf } from "../../../plugins/meta/read-json.ts"
import { simulate } from "../../../plugins/messenger/simulator/index.ts"
import { digest } from "../digest.ts"
import { running } from "../simulation.ts"
import { page, person } from "./samples.ts"

const account = { account: { pageId: page }, secrets: { accessToken: Redacted.make("the token") } }
const options = { secrets: { appSecret: Redacted.make("the app secret") }, accounts: [account], digest }

describe("subscription of the simulated Messenger", () => {
  it.effect("a subscription ends after an hour of failures, shows that to a probe, and can be renewed", () =>
    Effect.gen(function* () {
      const { call, received, answers } = yield* running(simulate, options, "the token")
      const writes = call("POST", "/_simulator/customer-messages", { from: person, text: "oi" })
      const apps = Effect.map(call("GET", `/v25.0/${page}/subscribed_apps`), ({ at }) => at("data"))
      const attempts = Effect.map(call("GET", "/_simulator/deliveries"), ({ at }) => listOf(at("deliveries"))?.length)
      yield* answers(...Array.from({ length: 7 }, () => 503))
      yield* writes
      yield* received
      // 1, 2, 4, 8, 16 and 32 minutes of the provider's time: 63 in all.
      for (let attempt = 2, wait = 1; attempt <= 7; attempt++, wait *= 2) {
        assert.lengthOf(listOf(yield* apps) ?? [], 1)
        yield* TestClock.adjust(`${wait} seconds`)
        yield* received
        yield* Effect.repeat(attempts, { until: (count) => count === attempt })
      }
      yield* Effect.repeat(apps, { until: (data) => listOf(data)?.length === 0 })
      assert.strictEqual((yield* writes).at("status"), 0)
      yield* TestClock.adjust("1 day")
      assert.strictEqual(yield* attempts, 7)
      assert.deepStrictEqual((yield* call("POST", `/v25.0/${page}/subscribed_apps`)).json, { success: true })
      assert.strictEqual((yield* writes).at("status"), 200)
    }).pipe(Effect.scoped)
  )
})
