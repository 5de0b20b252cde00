import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { simulate as simulateInstagram } from "../../../plugins/instagram/simulator/index.ts"
import { listOf, objectOf } from "../../../plugins/meta/read-json.ts"
import { simulate as simulateMessenger } from "../../../plugins/messenger/simulator/index.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { digest } from "../../plugins/digest.ts"
import { secrets } from "../../support/client.ts"
import { ask, deafPort } from "../../support/http.ts"
import { becomes } from "../../support/test-bed.ts"
import { installation } from "../../support/program.ts"
import { receiver } from "../../support/receiver.ts"
import { simulated } from "../../support/simulated.ts"

const shop = "17840000000000001"
const linked = "17840000000000002"
const page = "400000000000001"
const person = "900000000000001"

const given = {
  "instagram/app-secret": "instagram-app-secret-5e19",
  "instagram/shop": "IGAA-token-71aa",
  "instagram/linked": "EAAG-page-token-12bb",
  "messenger/shop": "EAAG-page-token-34cc"
}
const redacted = (ref: keyof typeof given | keyof typeof secrets) => Redacted.make({ ...secrets, ...given }[ref])

const file = (directory: string, port: number, runtime: string, instagram: number, messenger: number) => `
environment: local
server: { port: ${port} }
store: memory
secrets: { from: files, directory: "${directory}/secrets" }
runtime: { push: { url: "${runtime}", secret: runtime/signing } }
api: { keys: [ { id: crm, secret: api/crm, scopes: [send, read, operate] } ] }
connectors:
  instagram:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:${instagram}" }
    secrets: { appSecret: instagram/app-secret, verifyToken: meta/verify-token }
    accounts:
      shop: { instagramAccountId: "${shop}", secrets: { accessToken: instagram/shop } }
      linked: { instagramAccountId: "${linked}", login: facebook, pageId: "${page}",
                secrets: { accessToken: instagram/linked, appSecret: meta/app-secret } }
    capabilities: [text, attachment, reaction, mark_seen, typing, comment_reply, private_reply, comment_hide]
  messenger:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:${messenger}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts: { shop: { pageId: "${page}", secrets: { accessToken: messenger/shop } } }
    capabilities: [text, attachment, private_reply]
`

/** A gateway as an operator starts it, between two simulated providers and an application. */
const setup = Effect.gen(function* () {
  const runtime = yield* receiver(secrets["runtime/signing"])
  const ports = { instagram: yield* deafPort, messenger: yield* deafPort }
  const installed = yield* installation({
    secrets: given,
    file: (directory, port) => file(directory, port, runtime.url, ports.instagram, ports.messenger)
  })
  const webhookUrl = (id: string) => `http://127.0.0.1:${installed.port}/webhooks/${id}`
  const instagram = yield* simulated(simulateInstagram, ports.instagram, {
    webhookUrl: webhookUrl("instagram"),
    secrets: { appSecret: redacted("instagram/app-secret") },
    accounts: [
      { account: { instagramAccountId: shop }, secrets: { accessToken: redacted("instagram/shop") } },
      {
        account: { instagramAccountId: linked, login: "facebook", pageId: page },
        secrets: { accessToken: redacted("instagram/linked"), appSecret: redacted("meta/app-secret") }
      }
    ],
    digest
  })
  const messenger = yield* simulated(simulateMessenger, ports.messenger, {
    webhookUrl: webhookUrl("messenger"),
    secrets: { appSecret: redacted("meta/app-secret") },
    accounts: [{ account: { pageId: page }, secrets: { accessToken: redacted("messenger/shop") } }],
    digest
  })
  const program = yield* installed.start
  const send = (key: string, connector: string, capability: string, to: string, input: Json, account = "shop") =>
    program.send(key, { connector, account, capability, to, input })
  const events = (count: number) =>
    Effect.map(runtime.acknowledged(count), (all) => all.map(({ at }) => [at("type"), at("data", "kind")]))
  return { program, instagram, messenger, send, events, webhookUrl }
})

const effectsAt = (one: { readonly control: Effect.Success<typeof setup>["instagram"]["control"] }) =>
  Effect.map(one.control("effects"), ({ at }) => (listOf(at("effects")) ?? []).map((effect) => objectOf(effect) ?? {}))

describe("gateway for Instagram and Messenger", () => {
  it.live("the gateway admits messages, answers each once, and reads its own echo as no message", () =>
    Effect.gen(function* () {
      const { instagram, messenger, send, events, program } = yield* setup
      for (const account of [shop, linked]) {
        const written = yield* instagram.control("customer-messages", { from: person, text: "olá", account })
        assert.strictEqual(written.at("admitted"), true)
      }
      yield* messenger.control("customer-messages", { from: person, text: "olá" })
      for (const [connector, account] of [
        ["instagram", "shop"],
        ["instagram", "linked"],
        ["messenger", "shop"]
      ] as const) {
        const key = `${connector}-${account}`
        const sent = yield* send(key, connector, "text", person, { text: "obrigado" }, account)
        assert.deepStrictEqual([sent.status, sent.at("outcome")], [200, "sent"], sent.text)
        assert.strictEqual(
          (yield* send(key, connector, "text", person, { text: "obrigado" }, account)).at("outcome"),
          "deduped"
        )
      }
      assert.lengthOf(yield* effectsAt(instagram), 2)
      assert.lengthOf(yield* effectsAt(messenger), 1)
      const delivered = yield* events(7)
      assert.sameDeepMembers(delivered, [
        ["instagram.message.text", "message"],
        ["instagram.message.text", "message"],
        ["messenger.message.text", "message"],
        ["instagram.echo.text", "echo"],
        ["instagram.echo.text", "echo"],
        ["messenger.echo.text", "echo"],
        ["messenger.status.delivered", "status"]
      ])
      assert.notInclude(program.output(), person)
      assert.notInclude(program.output(), "obrigado")
    })
  )

  it.live(
    "the gateway answers a comment in public and in private once, and explains a second private reply's failure",
    () =>
      Effect.gen(function* () {
        const { instagram, send, events } = yield* setup
        const comment = "18000000000000001"
        yield* instagram.control("comments", { from: person, text: "olá", id: comment })
        const inPublic = yield* send("public", "instagram", "comment_reply", comment, { message: "thé & ça?" })
        assert.strictEqual(inPublic.at("outcome"), "sent", inPublic.text)
        const inPrivate = yield* send("private", "instagram", "private_reply", comment, { text: "olá" })
        assert.strictEqual(inPrivate.at("outcome"), "sent", inPrivate.text)
        const second = yield* send("again", "instagram", "private_reply", comment, { text: "olá" })
        assert.deepStrictEqual([second.status, second.at("failure", "code")], [502, "100/2534025"])
        assert.match(String(second.at("failure", "detail")), /may have been sent/)
        const hidden = yield* send("hide", "instagram", "comment_hide", comment, { hide: true })
        assert.strictEqual(hidden.at("outcome"), "sent", hidden.text)
        const did = (yield* effectsAt(instagram)).map(({ type, text }) => [type, text])
        assert.deepStrictEqual(did, [
          ["comment_reply", "thé & ça?"],
          ["private_reply", "olá"],
          ["comment_hide", "true"]
        ])
        assert.sameDeepMembers(yield* events(3), [
          ["instagram.message.comment", "message"],
          ["instagram.echo.comment", "echo"],
          ["instagram.echo.text", "echo"]
        ])
      })
  )

  it.live("I1 G18 a doubt about a Messenger message ends by its own echo, and is never sent again", () =>
    Effect.gen(function* () {
      const { messenger, send, program } = yield* setup
      yield* messenger.control("customer-messages", { from: person, text: "olá" })
      yield* messenger.control("faults", { mode: "drop_after_accepting" })
      const doubted = yield* send("lost", "messenger", "text", person, { text: "obrigado" })
      const state = program.intent(doubted.at("intentId"))
      yield* becomes(state, ({ at }) => at("state") === "sent")
      const again = yield* send("lost", "messenger", "text", person, { text: "obrigado" })
      assert.deepStrictEqual([again.status, again.at("outcome")], [200, "deduped"])
      assert.lengthOf(yield* effectsAt(messenger), 1)
    })
  )

  it.live(
    "I1 G20 an Instagram doubt ends by evidence: a message by its echo, a reply by read-back",
    () =>
      Effect.gen(function* () {
        const { instagram, send, program } = yield* setup
        const comment = "18000000000000001"
        yield* instagram.control("customer-messages", { from: person, text: "olá" })
        yield* instagram.control("comments", { from: person, text: "olá", id: comment })
        const wishes = [
          ["message", "text", person, { text: "obrigado" }],
          ["reply", "comment_reply", comment, { message: "thé & ça?" }]
        ] as const
        for (const [key, capability, to, input] of wishes) {
          yield* instagram.control("faults", { mode: "drop_after_accepting" })
          const doubted = yield* send(key, "instagram", capability, to, input)
          yield* becomes(program.intent(doubted.at("intentId")), ({ at }) => at("state") === "sent")
          const again = yield* send(key, "instagram", capability, to, input)
          assert.deepStrictEqual([again.status, again.at("outcome")], [200, "deduped"])
        }
        assert.lengthOf(yield* effectsAt(instagram), 2)
        for (const secret of [person, "obrigado", "ça", comment]) assert.notInclude(program.output(), secret)
      }),
    120_000
  )

  it.live("I2 G49 the echo of a private reply does not prove an unperformed message of equal text", () =>
    Effect.gen(function* () {
      const { instagram, send, program, events } = yield* setup
      const comment = "18000000000000001"
      yield* instagram.control("customer-messages", { from: person, text: "olá" })
      yield* instagram.control("comments", { from: person, text: "olá", id: comment })
      yield* instagram.control("faults", { mode: "drop" })
      const lost = yield* send("lost", "instagram", "text", person, { text: "obrigado" })
      assert.strictEqual(lost.status, 504)
      const reply = yield* send("reply", "instagram", "private_reply", comment, { text: "obrigado" })
      assert.strictEqual(reply.status, 200)
      yield* events(3)
      // The echo of a message that was lost after it had been performed comes behind it, and is heard behind it.
      yield* instagram.control("faults", { mode: "drop_after_accepting" })
      const performed = yield* send("performed", "instagram", "text", person, { text: "outra" })
      yield* becomes(program.intent(performed.at("intentId")), ({ at }) => at("state") === "sent")
      const state = yield* program.intent(lost.at("intentId"))
      assert.deepStrictEqual([state.at("state"), state.at("receipt")], ["in_doubt", undefined])
      assert.lengthOf(yield* effectsAt(instagram), 2)
    })
  )

  it.live("the gateway rejects an unsendable intent before the claim, and passes on the provider's rejection", () =>
    Effect.gen(function* () {
      const { instagram, send } = yield* setup
      const long = yield* send("long", "instagram", "text", person, { text: "é".repeat(501) })
      assert.deepStrictEqual([long.status, long.at("errors", 0, "path")], [422, ["input", "text"]], long.text)
      assert.strictEqual((yield* send("phone", "instagram", "text", "+15550102030", { text: "a" })).status, 422)
      const early = yield* send("early", "instagram", "text", person, { text: "a" })
      assert.deepStrictEqual([early.status, early.at("failure", "code")], [502, "10/2534022"])
      assert.lengthOf(yield* effectsAt(instagram), 0)
    })
  )

  it.live("I6 G29 the gateway admits an event only for the accounts of its signing secret", () =>
    Effect.gen(function* () {
      const { program, webhookUrl, events } = yield* setup
      const post = (account: string, secret: string, mid: string) => {
        const message: JsonObject = {
          sender: { id: person },
          recipient: { id: account },
          timestamp: 1,
          message: { mid, text: "a" }
        }
        const body = JSON.stringify({ object: "instagram", entry: [{ id: account, time: 1, messaging: [message] }] })
        const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`
        return ask(webhookUrl("instagram"), { method: "POST", headers: { "x-hub-signature-256": signature }, body })
      }
      const [own, meta] = [given["instagram/app-secret"], secrets["meta/app-secret"]]
      assert.strictEqual((yield* post(shop, "another secret", "m_0")).status, 401)
      assert.deepStrictEqual((yield* post(shop, meta, "m_1")).json, { admitted: 0, deduped: 0, quarantined: 1 })
      assert.deepStrictEqual((yield* post(linked, own, "m_2")).json, { admitted: 0, deduped: 0, quarantined: 1 })
      assert.deepStrictEqual((yield* post(shop, own, "m_1")).json, { admitted: 1, deduped: 0, quarantined: 0 })
      assert.deepStrictEqual((yield* post(linked, meta, "m_2")).json, { admitted: 1, deduped: 0, quarantined: 0 })
      assert.lengthOf(yield* events(2), 2)
      const reasons = (yield* program.line("inbound.quarantined", 2)).map(({ failureCode }) => failureCode)
      assert.deepStrictEqual(reasons, ["foreign_secret", "foreign_secret"])
    })
  )
})
