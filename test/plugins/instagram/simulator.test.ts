import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { decode } from "../../../plugins/instagram/inbound/decode.ts"
import { simulate } from "../../../plugins/instagram/simulator/index.ts"
import { textOf } from "../../../plugins/meta/read-json.ts"
import { verify } from "../../../plugins/meta/authentication.ts"
import type { RawWebhook } from "../../../src/connector/inbound.ts"
import { digest } from "../digest.ts"
import { readerOf } from "../opened.ts"
import { type Answer, type Running, running } from "../simulation.ts"
import { linked, pageId } from "./channel.ts"
import { account, person } from "./samples.ts"

const { only } = readerOf(decode)
const instagramSecret = Redacted.make("the Instagram app secret")
const metaSecret = Redacted.make("the Meta app secret")
const options = {
  secrets: { appSecret: instagramSecret },
  accounts: [
    { account: { instagramAccountId: account }, secrets: { accessToken: Redacted.make("the token") } },
    {
      account: { instagramAccountId: linked, login: "facebook", pageId },
      secrets: { accessToken: Redacted.make("the page's token"), appSecret: metaSecret }
    }
  ],
  digest
}

const simulating = <A, E>(test: (one: Running) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(running(simulate, options, "the token"), test))

const decoded = ({ body }: RawWebhook) => only(JSON.parse(new TextDecoder().decode(body)))
const messages = `/v25.0/${account}/messages`
const text = (words: string, more = {}) => ({ recipient: { id: person }, message: { text: words }, ...more })
const codeOf = ({ at }: Answer) => [at("error", "code"), at("error", "error_subcode")]

/** A person has written, so that he may be answered. */
const opened = Effect.fnUntraced(function* ({ call, received }: Running, more = {}) {
  yield* call("POST", "/_simulator/customer-messages", { from: person, text: "é?", ...more })
  return yield* received
})
const commented = Effect.fnUntraced(function* ({ call, received }: Running, more = {}) {
  yield* call("POST", "/_simulator/comments", { from: person, text: "olá", id: "18000000000000001", ...more })
  return yield* received
})

describe("simulated Instagram", () => {
  it.effect("the simulator delivers a person's message ASCII-escaped and signed with the app's secret", () =>
    simulating(
      Effect.fnUntraced(function* (one) {
        const webhook = yield* opened(one)
        assert.match(new TextDecoder().decode(webhook.body), /"text":"\\u00e9\?"/)
        assert.strictEqual(verify(webhook, [metaSecret, instagramSecret], digest), 1)
        assert.deepInclude(decoded(webhook), { kind: "message", type: "message.text", providerAccount: account })
        const other = yield* opened(one, { account: linked })
        assert.strictEqual(verify(other, [metaSecret, instagramSecret], digest), 0)
        assert.strictEqual(decoded(other).providerAccount, linked)
      })
    )
  )

  it.effect("the simulator sends once a person has written, and delivers an echo with the message id", () =>
    simulating(
      Effect.fnUntraced(function* (one) {
        const { call, received } = one
        assert.deepStrictEqual(codeOf(yield* call("POST", messages, text("olá"))), [10, 2_534_022])
        yield* opened(one)
        const sent = yield* call("POST", messages, text("olá", { message: { text: "olá", metadata: "m" } }))
        assert.strictEqual(sent.at("recipient_id"), person)
        const echo = decoded(yield* received)
        assert.deepStrictEqual([echo.kind, echo.type], ["echo", "echo.text"])
        assert.strictEqual(echo.personal.providerId, textOf(sent.at("message_id")))
        assert.notProperty(echo, "evidence")
        const effects = yield* call("GET", "/_simulator/effects")
        assert.deepInclude(effects.at("effects", 0), { to: person, text: "olá", type: "text", account })
      })
    )
  )

  it.effect("the simulator closes the window after 24 hours, and for a human agent after 7 days", () =>
    simulating(
      Effect.fnUntraced(function* (one) {
        const human = { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" }
        yield* opened(one)
        yield* TestClock.adjust("25 hours")
        assert.deepStrictEqual(codeOf(yield* one.call("POST", messages, text("a"))), [10, 2_534_022])
        assert.strictEqual((yield* one.call("POST", messages, text("a", human))).status, 200)
        yield* TestClock.adjust("6 days")
        assert.deepStrictEqual(codeOf(yield* one.call("POST", messages, text("a", human))), [10, 2_534_022])
      })
    )
  )

  it.effect("the simulator rejects invalid requests with the provider's codes", () =>
    simulating(
      Effect.fnUntraced(function* (one) {
        const { call } = one
        yield* opened(one)
        assert.strictEqual((yield* call("POST", messages, text("é".repeat(500)))).status, 200)
        const wrong = [
          text("é".repeat(501)),
          text("a", { tag: "ACCOUNT_UPDATE" }),
          { message: { text: "a" } },
          { recipient: { id: person } },
          { recipient: { id: person }, sender_action: "dance" },
          { recipient: { id: person }, message: { attachment: { type: "sticker" } } }
        ]
        for (const body of wrong) assert.deepStrictEqual(codeOf(yield* call("POST", messages, body)), [100, undefined])
        assert.deepStrictEqual(codeOf(yield* call("POST", messages, text("a"), "another token")), [190, undefined])
        assert.deepStrictEqual(codeOf(yield* call("POST", `/v25.0/${linked}/messages`, text("a"))), [100, 33])
        const proven = yield* call("POST", `${messages}?appsecret_proof=00`, text("a"))
        assert.deepStrictEqual(codeOf(proven), [100, undefined])
      })
    )
  )

  it.effect("the simulator accepts sender actions without an echo, and sends by Facebook Login from the page", () =>
    simulating(
      Effect.fnUntraced(function* (one) {
        const { call, received } = one
        yield* opened(one)
        const typing = { recipient: { id: person }, sender_action: "typing_on" }
        assert.deepStrictEqual((yield* call("POST", messages, typing)).json, { recipient_id: person })
        yield* opened(one, { account: linked })
        for (const node of [pageId, "me"]) {
          const sent = yield* call("POST", `/v25.0/${node}/messages`, text("a"), "the page's token")
          assert.strictEqual(sent.status, 200)
          assert.deepInclude(decoded(yield* received), { providerAccount: linked, kind: "echo" })
        }
      })
    )
  )

  it.effect("the simulator delivers a comment as list or flat, and accepts one private reply within 7 days", () =>
    simulating(
      Effect.fnUntraced(function* (one) {
        const { call, received } = one
        const flat = yield* commented(one, { form: "flat" })
        assert.notInclude(new TextDecoder().decode(flat.body), "changes")
        assert.deepStrictEqual(decoded(flat).identity, decoded(yield* commented(one)).identity)
        const answer = { recipient: { comment_id: "18000000000000001" }, message: { text: "olá" } }
        assert.strictEqual((yield* call("POST", messages, answer)).at("recipient_id"), person)
        assert.deepInclude(decoded(yield* received), { kind: "echo", conversation: person })
        assert.deepStrictEqual(codeOf(yield* call("POST", messages, answer)), [100, 2_534_025])
        yield* commented(one, { id: "18000000000000002" })
        yield* TestClock.adjust("7 days")
        const late = { ...answer, recipient: { comment_id: "18000000000000002" } }
        assert.deepStrictEqual(codeOf(yield* call("POST", messages, late)), [100, 2_534_025])
      })
    )
  )

  it.effect("the simulator publishes a comment reply, returns it on read-back, and hides the comment", () =>
    simulating(
      Effect.fnUntraced(function* (one) {
        const { call, received } = one
        yield* commented(one)
        const path = "/v25.0/18000000000000001"
        const sent = yield* call("POST", `${path}/replies?message=obrigado`)
        const own = decoded(yield* received)
        assert.deepStrictEqual([own.kind, own.personal.providerId], ["echo", textOf(sent.at("id"))])
        const back = yield* call("GET", `${path}/replies?fields=id,text,timestamp,username`)
        assert.deepInclude(back.at("data", 0), { id: sent.at("id"), text: "obrigado" })
        const { at } = yield* call("GET", "/v25.0/me?fields=username")
        assert.strictEqual(back.at("data", 0, "username"), at("username"))
        assert.deepStrictEqual((yield* call("POST", `${path}?hide=true`)).json, { success: true })
        assert.deepStrictEqual(codeOf(yield* call("POST", `${path}/replies?message=a`)), [100, undefined])
        assert.deepStrictEqual(codeOf(yield* call("POST", "/v25.0/1/replies?message=a")), [100, 33])
      })
    )
  )

  it.effect("the simulator fails as configured, before or after it acts", () =>
    simulating(
      Effect.fnUntraced(function* (one) {
        const { call } = one
        yield* opened(one)
        const total = Effect.map(call("GET", "/_simulator/effects"), ({ at }) => at("total"))
        const fault = (body: object) => call("POST", "/_simulator/faults", body)
        yield* fault({ mode: "refuse", code: 613, subcode: 2_534_040 })
        assert.deepStrictEqual(codeOf(yield* call("POST", messages, text("a"))), [613, 2_534_040])
        yield* fault({ mode: "html" })
        assert.match((yield* call("POST", messages, text("a"))).text, /^<!DOCTYPE/)
        yield* fault({ mode: "drop" })
        assert.strictEqual(yield* Effect.flip(call("POST", messages, text("a"))), "connection lost")
        assert.strictEqual(yield* total, 0)
        yield* fault({ mode: "fail_after_accepting" })
        assert.strictEqual((yield* call("POST", messages, text("a"))).status, 500)
        yield* fault({ mode: "drop_after_accepting" })
        assert.strictEqual(yield* Effect.flip(call("POST", messages, text("a"))), "connection lost")
        assert.strictEqual(yield* total, 2)
      })
    )
  )

  it.effect("the simulator answers the requests of a probe", () =>
    simulating(
      Effect.fnUntraced(function* ({ call }) {
        assert.strictEqual((yield* call("GET", "/v25.0/me?fields=user_id")).at("user_id"), account)
        assert.strictEqual((yield* call("GET", "/v25.0/me", undefined, "the page's token")).at("id"), pageId)
        assert.strictEqual((yield* call("GET", `/v25.0/${linked}`, undefined, "the page's token")).at("id"), linked)
        assert.isNotEmpty((yield* call("GET", `/v25.0/${account}/subscribed_apps`)).at("data"))
        const debugPath = `/v25.0/debug_token?input_token=${encodeURIComponent("the token")}`
        const known = yield* call("GET", debugPath, undefined, "1|the Meta app secret")
        assert.strictEqual(known.at("data", "is_valid"), true)
        assert.strictEqual((yield* call("GET", debugPath, undefined, "1|another")).status, 401)
      })
    )
  )

  it.effect("the simulator writes messages for a test, repeats a delivery, and lists its effects", () =>
    simulating(
      Effect.fnUntraced(function* ({ simulator, received, call }) {
        const { again } = yield* simulator.customerWrites({ from: person, text: "olá" })
        const first = yield* received
        yield* again
        assert.deepStrictEqual((yield* received).body, first.body)
        yield* call("POST", messages, text("obrigado"))
        assert.deepStrictEqual(yield* simulator.effects(1), [{ to: person, text: "obrigado" }])
        const reaction = { reaction: { mid: "m_1", action: "react" } }
        yield* received
        yield* call("POST", "/_simulator/events", { from: person, item: reaction })
        assert.strictEqual(decoded(yield* received).type, "message.reaction")
      })
    )
  )

  it.effect("the simulator deletes a comment once, with the replies under it", () =>
    simulating(
      Effect.fnUntraced(function* (one) {
        const { call } = one
        yield* commented(one)
        const comment = "/v25.0/18000000000000001"
        assert.strictEqual((yield* call("DELETE", comment)).at("success"), true)
        assert.deepStrictEqual(codeOf(yield* call("DELETE", comment)), [100, 33])
        assert.deepStrictEqual(codeOf(yield* call("GET", `${comment}/replies`)), [100, 33])
      })
    )
  )
})
