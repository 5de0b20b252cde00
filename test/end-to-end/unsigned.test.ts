import { isDeepStrictEqual } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { inject } from "vitest"
import { layer, RedisStore } from "../../layers/redis/client.ts"
import { secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { becomes } from "../support/test-bed.ts"
import { receiver } from "../support/receiver.ts"
import { bytesOf, messages, signature, text } from "../support/webhook.ts"

const isKeys = (reply: unknown): reply is ReadonlyArray<string> => Array.isArray(reply)

/** Keys that workers renew by themselves. */
const renewed = /:(lease|replicas)$/

/** Every other key and its bytes. */
const storeDump = (prefix: string) =>
  Effect.gen(function* () {
    const store = Context.get(yield* Layer.build(layer({ url: inject("redisUrl") })), RedisStore)
    const keys = yield* store.command("KEYS", `${prefix}:*`)
    const kept = isKeys(keys) ? keys.filter((key) => !renewed.test(key)).sort() : []
    return yield* Effect.forEach(kept, (key) =>
      Effect.map(store.command("DUMP", key), (bytes) => [key, String(bytes)] as const)
    )
  }).pipe(Effect.scoped)

const body = messages(text("wamid.unsigned", { text: { body: "olá <b>" } }))
const bytes = bytesOf(body)
const secret = secrets["meta/app-secret"]
const good = signature(secret, bytes)
const named = (value: string | ReadonlyArray<string>) => ({ "x-hub-signature-256": value })

const refused: ReadonlyArray<readonly [what: string, headers: Record<string, string | ReadonlyArray<string>>]> = [
  ["no signature", {}],
  ["an empty signature", named("")],
  ["the signature of another secret", named(signature("another", bytes))],
  ["the signature of an empty secret", named(signature(" ", bytes))],
  ["the signature of other bytes", named(signature(secret, bytesOf(messages(text("wamid.other")))))],
  [
    "the signature of the same JSON written otherwise",
    named(signature(secret, Buffer.from(JSON.stringify(body, null, 1))))
  ],
  ["upper-case digits", named(`sha256=${good.slice(7).toUpperCase()}`)],
  ["an upper-case scheme", named(`SHA256=${good.slice(7)}`)],
  ["digits without a scheme", named(good.slice(7))],
  ["one digit less", named(good.slice(0, -1))],
  ["one digit more", named(`${good}0`)],
  ["a sha1 signature alone", { "x-hub-signature": signature(secret, bytes, "sha1") }],
  ["sha1 under the name of sha256", named(signature(secret, bytes, "sha1"))],
  ["the header twice", named([good, good])],
  ["two signatures in one header", named(`${good},${good}`)],
  ["the signature in another header", { "x-hub-signature": good }]
]

describe("I6 unsigned webhooks", () => {
  it.live("every wrong signature is answered 401, and nothing is counted, stored or delivered", () =>
    Effect.gen(function* () {
      const runtime = yield* receiver(secrets["runtime/signing"])
      const gateway = yield* startGateway({ runtime: runtime.url })
      yield* gateway.deliver(messages(text("wamid.genuine")))
      yield* gateway.log.waitFor("dispatch.delivered")
      const all = Effect.all({ counts: gateway.counts, store: storeDump(gateway.prefix) })
      let before = yield* all
      yield* becomes(all, (now) => {
        const same = isDeepStrictEqual(now, before)
        before = now
        return same
      })
      assert.isAbove(before.store.length, 0)

      for (const [what, headers] of refused) {
        const answer = yield* gateway.post(body, headers)
        assert.strictEqual(answer.status, 401, what)
        assert.strictEqual(answer.headers["content-type"], "application/problem+json", what)
        assert.isUndefined(answer.headers["comporta-admitted"], what)
        assert.notMatch(answer.text, /sign|hmac|sha|secret/i, what)
      }

      assert.deepStrictEqual(yield* all, before)
      assert.lengthOf(gateway.log.of("inbound.admitted"), 1)
      assert.lengthOf(gateway.log.of("inbound.quarantined"), 0)
      assert.lengthOf(gateway.log.of("webhook.refused"), refused.length)
      assert.lengthOf(runtime.arrivals.all, 1)
      const genuine = yield* gateway.post(body, named(good))
      assert.deepStrictEqual(genuine.json, { admitted: 1, deduped: 0, quarantined: 0 })
    })
  )

  it.live("an unsigned body that cannot be parsed gets the same response as any other", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      const bodies = [bytes, Buffer.from("{"), Buffer.from([0xff]), Buffer.alloc(0), Buffer.from("[".repeat(100_000))]
      const answers = yield* Effect.forEach(bodies, (one) => gateway.post(one, named(good.replace(/.$/, "x"))))
      assert.deepStrictEqual(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, 1)
      assert.strictEqual(answers[0]?.status, 401)
    })
  )
})
