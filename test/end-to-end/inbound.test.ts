import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { receiver } from "../support/receiver.ts"
import { change, entry, messages, status, text, webhook } from "../support/webhook.ts"

const running = Effect.gen(function* () {
  const runtime = yield* receiver(secrets["runtime/signing"])
  return { runtime, gateway: yield* startGateway({ runtime: runtime.url }) }
})

describe("signed webhooks", () => {
  it.live("a webhook is admitted once and durably, and its redelivery is deduplicated", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      const first = yield* gateway.deliver(messages(text("wamid.a")))
      assert.strictEqual(first.status, 200)
      assert.strictEqual(first.headers["comporta-admitted"], "durable")
      assert.strictEqual(first.headers["comporta-deduped"], "false")
      assert.deepStrictEqual(first.json, { admitted: 1, deduped: 0, quarantined: 0 })
      const again = yield* gateway.deliver(messages(text("wamid.a")))
      assert.strictEqual(again.status, 200)
      assert.strictEqual(again.headers["comporta-admitted"], "durable")
      assert.strictEqual(again.headers["comporta-deduped"], "true")
      assert.deepStrictEqual(again.json, { admitted: 0, deduped: 1, quarantined: 0 })
      yield* gateway.log.waitFor("dispatch.delivered")
      assert.lengthOf(runtime.arrivals.all, 1)
      assert.deepStrictEqual(yield* gateway.counts, {
        received: 2,
        admitted: 1,
        deduped: 1,
        quarantined: 0,
        delivered: 1,
        deadLettered: 0,
        pending: 0
      })
    })
  )

  it.live("a webhook yields every item of every entry and change, and each is deduplicated by itself", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      const body = webhook(
        entry(change({ messages: [text("wamid.1"), text("wamid.2")] }), change({ statuses: [status("sent", "")] })),
        entry({ field: "account_alerts", value: { alert_type: "ANYTHING" } }),
        entry(change({ messages: [text("wamid.3"), text("wamid.1")] }))
      )
      assert.deepStrictEqual((yield* gateway.deliver(body)).json, { admitted: 5, deduped: 1, quarantined: 0 })
      yield* gateway.log.waitFor("dispatch.delivered", 5)
      const types = runtime.arrivals.all.map(({ at }) => at("type")).sort()
      assert.deepStrictEqual(types, [
        "whatsapp.account.account_alerts",
        "whatsapp.message.text",
        "whatsapp.message.text",
        "whatsapp.message.text",
        "whatsapp.status.sent"
      ])
      const mixed = yield* gateway.deliver(messages(text("wamid.3"), text("wamid.4")))
      assert.deepStrictEqual(mixed.json, { admitted: 1, deduped: 1, quarantined: 0 })
      assert.strictEqual(mixed.headers["comporta-deduped"], "false")
      yield* gateway.log.waitFor("dispatch.delivered", 6)
      const counts = yield* gateway.counts
      assert.isTrue(conserves(counts))
      assert.deepInclude(counts, { received: 8, admitted: 6, deduped: 2, delivered: 6 })
    })
  )

  it.live("concurrent webhooks of several people are admitted whole, each item once", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      const bodies = Array.from({ length: 40 }, (_, n) => messages(text(`wamid.${n}`, { from: `1555010${1000 + n}` })))
      const answers = yield* Effect.forEach([...bodies, ...bodies], gateway.deliver, { concurrency: 20 })
      assert.isTrue(answers.every(({ status }) => status === 200))
      yield* gateway.log.waitFor("dispatch.delivered", 40)
      assert.lengthOf(runtime.arrivals.all, 40)
      const counts = yield* gateway.counts
      assert.isTrue(conserves(counts))
      assert.deepInclude(counts, { received: 80, admitted: 40, deduped: 40, delivered: 40 })
    })
  )
})

describe("provider handshake", () => {
  it.live("a handshake with our token is answered with its challenge, and any other with 403", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      const shake = (token: string) =>
        gateway.get(`/webhooks/whatsapp?hub.mode=subscribe&hub.challenge=0042&hub.verify_token=${token}`)
      const right = yield* shake(secrets["meta/verify-token"])
      assert.strictEqual(right.status, 200)
      assert.strictEqual(right.text, "0042")
      for (const wrong of ["", "verify", `${secrets["meta/verify-token"]}x`]) {
        const answer = yield* shake(wrong)
        assert.strictEqual(answer.status, 403)
        assert.notInclude(answer.text, "0042")
      }
    })
  )
})
