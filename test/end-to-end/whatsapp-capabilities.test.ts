import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { listOf } from "../../plugins/meta/read-json.ts"
import { bearer } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask } from "../support/http.ts"
import { provider } from "../support/provider.ts"
import { status, statuses } from "../support/webhook.ts"

const running = Effect.gen(function* () {
  const graph = yield* provider()
  return { graph, gateway: yield* startGateway({ store: "memory", provider: graph.url }) }
})

const message = { message_id: "wamid.1" }

/** An intent without a recipient, about the message. */
const silently = (url: string, key: string, capability: string) =>
  ask(`${url}/v1/intents`, {
    method: "POST",
    headers: { ...bearer("crm"), "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ connector: "whatsapp", account: "support", capability, input: message })
  })

describe("WhatsApp capabilities", () => {
  it.live("the gateway sends a template, an image as a reply, and contacts, each once per key", () =>
    Effect.gen(function* () {
      const { graph, gateway } = yield* running
      const intents = [
        { capability: "template", input: { name: "greeting", language: { code: "pt_BR" } } },
        { capability: "image", input: { id: "77", caption: "here", context: message } },
        { capability: "contacts", input: { contacts: [{ name: { formatted_name: "Ada L", first_name: "Ada" } }] } }
      ]
      for (const intent of intents) {
        const first = yield* gateway.send(intent.capability, intent)
        assert.deepStrictEqual([first.status, first.at("outcome")], [200, "sent"])
        assert.strictEqual((yield* gateway.send(intent.capability, intent)).at("outcome"), "deduped")
      }
      const bodies = graph.requests.all.map(({ body }) => body)
      assert.lengthOf(bodies, 3)
      assert.containSubset(bodies, [
        { type: "template", template: { name: "greeting" } },
        { type: "image", image: { id: "77" }, context: message },
        { type: "contacts", contacts: [{ name: { first_name: "Ada" } }] }
      ])
    })
  )

  it.live("G21 a reaction whose response was lost is in doubt until its one status proves it", () =>
    Effect.gen(function* () {
      const { graph, gateway } = yield* running
      graph.next("drop")
      const reaction = { capability: "reaction", input: { ...message, emoji: "👍" } }
      const lost = yield* gateway.send("thumb", reaction)
      assert.deepStrictEqual([lost.status, lost.at("state"), lost.at("safeNewKey")], [504, "in_doubt", false])
      assert.lengthOf(graph.requests.all, 1)
      const callbackData = graph.requests.all[0]?.callbackData ?? ""
      yield* gateway.deliver(statuses(status("sent", callbackData, { id: "wamid.thumb" })))
      yield* gateway.log.waitFor("evidence.applied", 1)
      const again = yield* gateway.send("thumb", reaction)
      assert.deepStrictEqual([again.status, again.at("receipt", "messageId")], [200, "wamid.thumb"])
      assert.lengthOf(graph.requests.all, 1)
    })
  )

  it.live("G21 a read mark is repeated after a lost response, and a typing indicator is not", () =>
    Effect.gen(function* () {
      const { graph, gateway } = yield* running
      graph.next("drop", "drop")
      const marked = yield* silently(gateway.url, "read", "mark_read")
      assert.deepStrictEqual([marked.status, marked.at("outcome"), marked.at("receipt")], [200, "sent", {}])
      assert.lengthOf(graph.requests.all, 3)
      graph.next("drop")
      const typing = yield* silently(gateway.url, "typing", "typing_indicator")
      assert.deepStrictEqual([typing.status, typing.at("state")], [504, "in_doubt"])
      assert.lengthOf(graph.requests.all, 4)
    })
  )

  it.live("an intent that WhatsApp would reject fails before the claim, with the path of every error", () =>
    Effect.gen(function* () {
      const { graph, gateway } = yield* running
      const buttons = ["A", "A"].map((title) => ({ type: "reply", reply: { id: title, title } }))
      const input = { type: "button", body: { text: "a".repeat(1025) }, action: { buttons } }
      const { status: code, at } = yield* gateway.send("wrong", { capability: "interactive", input })
      assert.strictEqual(code, 422)
      const wrong = (listOf(at("errors")) ?? []).map((_, index) => listOf(at("errors", index, "path"))?.join("."))
      assert.deepStrictEqual(wrong.toSorted(), ["input.action.buttons.1.reply", "input.body.text"])
      assert.lengthOf(graph.requests.all, 0)
      assert.strictEqual((yield* gateway.intent(at("intentId"))).status, 404)
      const corrected = { ...input, body: { text: "a" }, action: { buttons: buttons.slice(1) } }
      assert.strictEqual((yield* gateway.send("wrong", { capability: "interactive", input: corrected })).status, 200)
    })
  )
})
