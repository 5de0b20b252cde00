import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { decode } from "../../../plugins/messenger/inbound/decode.ts"
import { simulate } from "../../../plugins/messenger/simulator/index.ts"
import { verify } from "../../../plugins/meta/authentication.ts"
import type { RawWebhook } from "../../../src/connector/inbound.ts"
import { digest } from "../digest.ts"
import { readerOf } from "../opened.ts"
import { running } from "../simulation.ts"
import { page, person } from "./samples.ts"

const appSecret = Redacted.make("the app secret")
const options = {
  secrets: { appSecret },
  accounts: [{ account: { pageId: page }, secrets: { accessToken: Redacted.make("the token") } }],
  digest
}
const { only } = readerOf(decode)
const decoded = ({ body }: RawWebhook) => only(JSON.parse(new TextDecoder().decode(body)))

describe("simulated Messenger", () => {
  it.effect("the simulator returns our callback data in the echo, and reports the delivery", () =>
    Effect.gen(function* () {
      const { call, received } = yield* running(simulate, options, "the token")
      yield* call("POST", "/_simulator/customer-messages", { from: person, text: "olá" })
      const written = yield* received
      assert.strictEqual(verify(written, [appSecret], digest), 0)
      assert.deepInclude(decoded(written), { kind: "message", providerAccount: page })
      const body = { recipient: { id: person }, message: { text: "olá", metadata: "c1.sample" } }
      const sent = yield* call("POST", `/v25.0/${page}/messages`, body)
      const echo = decoded(yield* received)
      assert.deepStrictEqual(echo.evidence, { status: "sent", callbackData: "c1.sample" })
      assert.strictEqual(echo.personal.providerId, sent.at("message_id"))
      assert.deepInclude(decoded(yield* received), { kind: "status", type: "status.delivered" })
      const effects = yield* call("GET", "/_simulator/effects")
      assert.deepInclude(effects.at("counts"), { "c1.sample": 1 })
    }).pipe(Effect.scoped)
  )

  it.effect("the simulator rejects invalid messages, and messages to a person without a conversation", () =>
    Effect.gen(function* () {
      const { call } = yield* running(simulate, options, "the token")
      const send = (message: object) => call("POST", `/v25.0/${page}/messages`, { recipient: { id: person }, message })
      const early = yield* send({ text: "a" })
      assert.deepStrictEqual([early.at("error", "code"), early.at("error", "error_subcode")], [10, 2_018_278])
      assert.strictEqual((yield* send({ text: "a".repeat(2001) })).at("error", "code"), 100)
      assert.strictEqual((yield* send({ text: "a", metadata: "m".repeat(1001) })).at("error", "code"), 100)
      assert.strictEqual((yield* call("GET", "/v25.0/me?fields=id")).at("id"), page)
    }).pipe(Effect.scoped)
  )

  it.effect("the simulator accepts templates, sender actions and named recipients without a window", () =>
    Effect.gen(function* () {
      const { call } = yield* running(simulate, options, "the token")
      const post = (body: object) => call("POST", `/v25.0/${page}/messages`, body)
      yield* call("POST", "/_simulator/customer-messages", { from: person, text: "olá" })
      const recipient = { id: person }
      const template = (payload: object) => post({ recipient, message: { attachment: { type: "template", payload } } })
      const button = { template_type: "button", text: "a", buttons: [{}] }
      const sent = [
        yield* template({ template_type: "generic", elements: [{ title: "a" }] }),
        yield* template(button),
        yield* template({ template_type: "receipt" }),
        yield* post({ recipient, sender_action: "typing_on" }),
        yield* post({ recipient: { user_ref: "r" }, message: { text: "a" } }),
        yield* post({ recipient: { notification_messages_token: "t" }, message: { text: "a" } })
      ]
      assert.deepStrictEqual(new Set(sent.map(({ status }) => status)), new Set([200]))
      const refused = [
        yield* template({ template_type: "generic", elements: [] }),
        yield* template({ ...button, buttons: [{}, {}, {}, {}] }),
        yield* template({ ...button, text: "a".repeat(641) }),
        yield* template({})
      ]
      assert.deepStrictEqual(new Set(refused.map(({ at }) => at("error", "code"))), new Set([100]))
      const reply = yield* call("POST", "/v25.0/1_2/comments", { message: "a" })
      assert.deepStrictEqual([reply.at("error", "code"), reply.at("error", "error_subcode")], [100, 33])
    }).pipe(Effect.scoped)
  )
})
