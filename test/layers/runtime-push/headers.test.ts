import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { layer } from "../../../layers/runtime-push/runtime-push.ts"
import { Runtime } from "../../../src/inbound/runtime/runtime.ts"
import * as StoreClock from "../../../src/partition/store-clock.ts"
import { Secrets } from "../../../src/secrets/secrets.ts"
import { SecretUnavailable } from "../../../src/secrets/secret-store.ts"
import { anEvent } from "./an-event.ts"
import { receiver, secretOf } from "./receiver.ts"

const deliver = Runtime.use((runtime) => runtime.deliver(anEvent()))

/** The secrets by their names, as they are at each moment. */
const secretsOf = (values: Readonly<Record<string, string>>) =>
  Layer.succeed(Secrets, {
    handle: (ref) => {
      const current = () => Redacted.make(values[ref] ?? "")
      const candidates = () => [current()]
      return Effect.succeed({ ref, current, candidates, versions: candidates })
    },
    refresh: () => Effect.succeed(false),
    mayRefresh: () => false,
    onRotated: () => undefined,
    unusable: () => []
  })

const headers = { "X-Tenant": "a b", Authorization: { secret: "runtime/bearer" } }

const pushing = (url: string, values: Readonly<Record<string, string>>) =>
  layer({ secret: "runtime/signing", version: "1.2.3", url, headers }).pipe(
    Layer.provide([secretsOf(values), StoreClock.own])
  )

describe("delivery headers of the operator", () => {
  it.live("a delivery carries the operator's headers beside those of the scheme, and keeps the query of the URL", () =>
    Effect.gen(function* () {
      const server = yield* receiver((response) => response.end())
      const values = { "runtime/signing": secretOf(1), "runtime/bearer": "Bearer one" }
      const answer = yield* Effect.provide(deliver, pushing(`${server.url}?code=a%2Fb&v=1`, values))
      assert.deepStrictEqual(answer, { _tag: "Acknowledged" })
      const [delivery] = server.deliveries
      assert.strictEqual(delivery?.url, "/events?code=a%2Fb&v=1")
      assert.deepInclude(delivery?.headers, {
        "x-tenant": "a b",
        authorization: "Bearer one",
        "content-type": "application/json",
        "user-agent": "comporta/1.2.3",
        "webhook-id": anEvent().eventId
      })
    })
  )

  it.live("a delivery carries the present value of a secret header, and is held when the value is invalid", () =>
    Effect.gen(function* () {
      const server = yield* receiver((response) => response.end())
      const values = { "runtime/signing": secretOf(1), "runtime/bearer": "Bearer one" }
      const answers = yield* Effect.gen(function* () {
        const first = yield* deliver
        values["runtime/bearer"] = "Bearer two"
        const second = yield* deliver
        values["runtime/bearer"] = "Bearer\r\nx-injected: 1"
        return [first, second, yield* deliver]
      }).pipe(Effect.provide(pushing(server.url, values)))
      assert.deepStrictEqual(answers, [
        { _tag: "Acknowledged" },
        { _tag: "Acknowledged" },
        { _tag: "Held", reason: "header_secret", sign: "unreached" }
      ])
      assert.deepStrictEqual(
        server.deliveries.map((delivery) => delivery.headers["authorization"]),
        ["Bearer one", "Bearer two"]
      )
    })
  )

  it.live("I5 the gateway refuses to start with a secret that is no header value, without repeating it", () =>
    Effect.gen(function* () {
      const values = { "runtime/signing": secretOf(1), "runtime/bearer": "hunter2\nhunter2" }
      const error = yield* deliver.pipe(Effect.provide(pushing("http://127.0.0.1:1/", values)), Effect.flip)
      assert.instanceOf(error, SecretUnavailable)
      assert.deepInclude(error, { ref: "runtime/bearer", reason: "not a header value" })
      assert.notInclude(JSON.stringify(error) + error.message, "hunter2")
    })
  )
})
