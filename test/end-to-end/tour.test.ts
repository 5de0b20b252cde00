import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { provider } from "../support/provider.ts"
import { receiver } from "../support/receiver.ts"
import { customer, messages, text } from "../support/webhook.ts"

const reply = { key: "hello", account: "support", capability: "text", to: `+${customer}`, input: { body: "Hello!" } }

describe("I1 I3 tour of the gateway", () => {
  it.live("a webhook becomes one event, its reply one message, and redelivering the webhook changes nothing", () =>
    Effect.gen(function* () {
      // Three programs on real sockets: the provider, your application, and the gateway between them.
      const graph = yield* provider()
      const runtime = yield* receiver(secrets["runtime/signing"])
      const gateway = yield* startGateway({ provider: graph.url, runtime: runtime.url })
      runtime.replies("wamid.1", { intents: [reply] })

      // A customer writes. The gateway answers 200 once the event is stored, and then delivers it.
      const first = yield* gateway.deliver(messages(text("wamid.1")))
      yield* gateway.log.waitFor("intent.settled")
      assert.strictEqual(first.status, 200)
      assert.deepStrictEqual(runtime.accepted(), ["wamid.1"])
      assert.deepInclude(graph.effects.all[0], { to: `+${customer}`, text: "Hello!" })

      // The provider delivers the same webhook again: 200, and known. A later message of the customer shows that
      // nothing else follows, since the events of one conversation are delivered in order.
      const again = yield* gateway.deliver(messages(text("wamid.1")))
      yield* gateway.deliver(messages(text("wamid.2")))
      yield* runtime.acknowledged(2)
      assert.strictEqual(again.status, 200)
      assert.deepStrictEqual(runtime.accepted(), ["wamid.1", "wamid.2"])
      assert.lengthOf(graph.effects.all, 1)
      const counts = yield* gateway.counts
      assert.deepInclude(counts, { received: 3, admitted: 2, deduped: 1 })
      assert.isTrue(conserves(counts))
    })
  )
})
