import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Webhook } from "standardwebhooks"
import { Runtime } from "../../../src/inbound/runtime/runtime.ts"
import { SecretUnavailable } from "../../../src/secrets/secret-store.ts"
import { layer } from "../../../layers/runtime-push/runtime-push.ts"
import { StoreClock } from "../../../src/partition/store-clock.ts"
import { anEvent, personal } from "./an-event.ts"
import { type Delivery, pushing, receiver, secretOf, secretsOf } from "./receiver.ts"

const deliver = (event = anEvent()) => Runtime.use((runtime) => runtime.deliver(event))

const genuine = (secret: string, delivery: Delivery | undefined) => {
  try {
    new Webhook(secret).verify(delivery?.body ?? "", delivery?.headers ?? {})
    return true
  } catch {
    return false
  }
}

describe("delivery to the runtime", () => {
  it.live.each([301, 302, 303, 307, 308])(
    "a runtime that answers %s is away, and the event follows no redirect",
    (status) =>
      Effect.gen(function* () {
        const elsewhere = yield* receiver((response) => response.end())
        const server = yield* receiver((response) => response.writeHead(status, { location: elsewhere.url }).end())
        const answer = yield* deliver().pipe(
          Effect.provide(pushing({ url: server.url.replace("127.0.0.1", "localhost") }, () => [secretOf(1)]))
        )
        assert.deepStrictEqual(answer, { _tag: "Held", reason: `http_${status}`, sign: "away" })
        assert.lengthOf(server.deliveries, 1)
        assert.lengthOf(elsewhere.deliveries, 0)
      })
  )

  it.live("a delivery carries the event as the reference describes it, signed over its exact bytes", () =>
    Effect.gen(function* () {
      const server = yield* receiver((response) => response.end())
      const answer = yield* deliver().pipe(Effect.provide(pushing({ url: server.url }, () => [secretOf(1)])))
      assert.deepStrictEqual(answer, { _tag: "Acknowledged" })
      const [delivery] = server.deliveries
      assert.strictEqual(delivery?.method, "POST")
      assert.strictEqual(delivery?.url, "/events")
      assert.strictEqual(delivery?.headers["content-type"], "application/json")
      assert.strictEqual(delivery?.headers["user-agent"], "comporta/1.2.3")
      assert.strictEqual(delivery?.headers["webhook-id"], anEvent().eventId)
      assert.isTrue(genuine(secretOf(1), delivery))
      assert.isFalse(genuine(secretOf(2), delivery))
      assert.deepStrictEqual(JSON.parse(delivery?.body ?? ""), {
        type: "whatsapp.message.text",
        timestamp: "2026-01-01T00:00:00.000Z",
        data: {
          eventId: anEvent().eventId,
          correlationId: anEvent().correlationId,
          connector: "whatsapp",
          account: "support",
          conversation: anEvent().conversation,
          providerId: "wamid.HBgM",
          kind: "message",
          from: "5511987654321",
          content: personal.content
        }
      })
    })
  )

  it.live("G33 a replay has a webhook id of its own and names its event, and a redrive is flagged", () =>
    Effect.gen(function* () {
      const server = yield* receiver((response) => response.end())
      const { eventId } = anEvent()
      yield* Effect.forEach([{ replay: 2 }, { redriven: true as const }, {}], (over) =>
        deliver({ ...anEvent(), ...over })
      ).pipe(Effect.provide(pushing({ url: server.url }, () => [secretOf(1)])))
      assert.deepStrictEqual(
        server.deliveries.map(({ headers, body }) => {
          const { data } = JSON.parse(body)
          return [headers["webhook-id"], data.eventId, data.replayOf, data.redriven]
        }),
        [
          [`${eventId}_r2`, eventId, eventId, undefined],
          [eventId, eventId, undefined, true],
          [eventId, eventId, undefined, undefined]
        ]
      )
      for (const delivery of server.deliveries) {
        assert.isTrue(genuine(secretOf(1), delivery))
        assert.match(delivery.headers["webhook-id"] ?? "", /^[A-Za-z0-9_]+$/)
      }
    })
  )

  it.live("a delivery carries contact and errors of the webhook, and omits absent members", () =>
    Effect.gen(function* () {
      const server = yield* receiver((response) => response.end())
      const part = { providerId: "p", content: null, contact: { wa_id: "55" }, errors: [{ code: 131_051 }] }
      yield* deliver(anEvent(part, { occurredAt: 1e20 })).pipe(
        Effect.provide(pushing({ url: server.url }, () => [secretOf(1)]))
      )
      const body = JSON.parse(server.deliveries[0]?.body ?? "")
      assert.deepStrictEqual(body.data.contact, { wa_id: "55" })
      assert.deepStrictEqual(body.data.errors, [{ code: 131_051 }])
      assert.notProperty(body.data, "from")
      assert.strictEqual(body.timestamp, "1970-01-01T00:00:00.000Z")
    })
  )

  it.effect("G8 a delivery is dated by the store's clock, in seconds, whatever the process clock says", () =>
    Effect.gen(function* () {
      const server = yield* receiver((response) => response.end())
      const clock = Layer.succeed(StoreClock, { now: Effect.succeed(1_767_225_600_999) })
      const signing = layer({ secret: "runtime/signing", version: "1.2.3", url: server.url }).pipe(
        Layer.provide([secretsOf(() => [secretOf(1)]), clock])
      )
      for (const wall of [0, 1_767_225_600_000 - 3_600_000, 1_767_225_600_000 + 3_600_000]) {
        yield* TestClock.setTime(wall)
        yield* Effect.provide(deliver(), signing)
      }
      assert.deepStrictEqual(
        server.deliveries.map(({ headers }) => headers["webhook-timestamp"]),
        ["1767225600", "1767225600", "1767225600"]
      )
    })
  )

  it.live("a delivery is signed with both secrets during a rotation, and with the new one alone after it", () =>
    Effect.gen(function* () {
      const server = yield* receiver((response) => response.end())
      let versions = [secretOf(1)]
      yield* Effect.gen(function* () {
        yield* deliver()
        versions = [secretOf(2, 64), secretOf(1)]
        yield* deliver()
        versions = [secretOf(2, 64)]
        yield* deliver()
      }).pipe(Effect.provide(pushing({ url: server.url }, () => versions)))
      const accepted = server.deliveries.map((delivery) =>
        [secretOf(1), secretOf(2, 64)].map((secret) => genuine(secret, delivery))
      )
      assert.deepStrictEqual(accepted, [
        [true, false],
        [true, true],
        [false, true]
      ])
      assert.lengthOf(server.deliveries[1]?.headers["webhook-signature"]?.split(" ") ?? [], 2)
    })
  )

  it.live("a delivery is signed without a malformed secret, and held when every secret is malformed", () =>
    Effect.gen(function* () {
      const server = yield* receiver((response) => response.end())
      let versions = [secretOf(1)]
      const answers = yield* Effect.gen(function* () {
        versions = ["whsec_oops", secretOf(1)]
        const first = yield* deliver()
        versions = ["whsec_oops"]
        return [first, yield* deliver()]
      }).pipe(
        Effect.provide(pushing({ url: server.url }, () => versions)),
        Effect.tap(() => Effect.sync(() => assert.lengthOf(server.deliveries, 1)))
      )
      assert.deepStrictEqual(answers, [
        { _tag: "Acknowledged" },
        { _tag: "Held", reason: "signing_secret", sign: "unreached" }
      ])
      assert.isTrue(genuine(secretOf(1), server.deliveries[0]))
    })
  )

  it.live.each([
    ["no prefix", secretOf(1).slice(6)],
    ["no base64", "whsec_%%%%"],
    ["23 bytes", secretOf(1, 23)],
    ["65 bytes", secretOf(1, 65)],
    ["nothing", ""]
  ] as const)("I5 the gateway refuses to start with a signing secret of %s, without repeating it", ([, secret]) =>
    Effect.gen(function* () {
      const url = "http://127.0.0.1:1/events"
      const error = yield* deliver().pipe(Effect.provide(pushing({ url }, () => [secret])), Effect.flip)
      assert.instanceOf(error, SecretUnavailable)
      assert.strictEqual(error.ref, "runtime/signing")
      if (secret !== "") assert.notInclude(JSON.stringify(error) + error.message, secret)
    })
  )
})
