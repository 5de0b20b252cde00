import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { instagram } from "../../plugins/instagram/index.ts"
import { messenger } from "../../plugins/messenger/index.ts"
import { type Channel, Channels } from "../../src/connector/channel.ts"
import type { RawConnector } from "../../src/connector/definition.ts"
import type { Connector } from "../../src/connector/connector.ts"
import { likenessOf } from "../../src/connector/proof.ts"
import type { ProviderRequest } from "../../src/connector/provider-http.ts"
import { isJsonObject, type Json, type JsonObject } from "../../src/domain/json.ts"
import { applyEcho, ownApps } from "../../src/inbound/reconcile/echoes.ts"
import { bound } from "../plugins/bound.ts"
import { echoEventOf } from "./echo-event.ts"
import { harnessOf, recordOf, submit } from "./harness.ts"
import { noAnswer, Provider, status } from "./provider.ts"

const account = "17840000000000001"
const person = "900000000000001"
const page = { graph: { version: "v25.0" } }

const connectors: ReadonlyArray<readonly [Connector, RawConnector]> = [
  [
    instagram,
    {
      secrets: { appSecret: "a", verifyToken: "v" },
      settings: page,
      accounts: { shop: { secrets: { accessToken: "t" }, settings: { instagramAccountId: account } } },
      capabilities: instagram.capabilities.map(({ id }) => id)
    }
  ],
  [
    messenger,
    {
      secrets: { appSecret: "a", verifyToken: "v" },
      settings: page,
      accounts: { shop: { secrets: { accessToken: "t" }, settings: { pageId: account } } },
      capabilities: messenger.capabilities.map(({ id }) => id)
    }
  ]
]

/** The same words and the same address for all, so that whatever can look alike does. */
const inputs: ReadonlyArray<JsonObject> = [
  { text: "olá" },
  { message: "olá" },
  { attachment: { type: "image", payload: { url: "https://cdn.example/1.jpg" } } },
  { sender_action: "react", payload: { message_id: "m_0", reaction: "love" } },
  { sender_action: "typing_on" },
  {
    attachment: {
      type: "template",
      payload: {
        template_type: "button",
        text: "olá",
        buttons: [{ type: "web_url", title: "1", url: "https://cdn.example" }]
      }
    }
  },
  { hide: true },
  {}
]

const wishOf = (channel: Channel, id: string): JsonObject => {
  const { recipient, prepare } = channel.accounts.get("shop")?.capabilities.get(id) ?? assert.fail(`no ${id}`)
  const to = recipient === "required" ? { to: person } : {}
  const input = inputs.find((one) => Result.isSuccess(prepare(one, to.to)))
  if (input === undefined) return assert.fail(`no input of this test fits ${id}: add one with the words of the others`)
  return { connector: channel.id, account: "shop", capability: id, ...to, input }
}

/** The echo of what was sent, as the provider would make it; nothing where no message was sent. */
const messageOf = ({ body = "{}" }: ProviderRequest): JsonObject | undefined => {
  const requestBody: Json = JSON.parse(body)
  const message = isJsonObject(requestBody) ? requestBody["message"] : undefined
  if (!isJsonObject(message)) return undefined
  const { attachment, ...rest } = message
  return { ...rest, is_echo: true, ...(attachment === undefined ? {} : { attachments: [attachment] }) }
}

const states = ["in flight", "in doubt", "sent"] as const
type State = (typeof states)[number]

/** Whether a capability says that its message may be this one. */
const mayBe = (channel: Channel, id: string, message: JsonObject): boolean => {
  const { to, input } = wishOf(channel, id)
  const capability = channel.accounts.get("shop")?.capabilities.get(id)
  const prepared = capability?.prepare(input, typeof to === "string" ? to : undefined)
  const traits = prepared !== undefined && Result.isSuccess(prepared) ? prepared.success.traits : undefined
  const content = { recipient: { id: person }, timestamp: 1_780_000_000_000, message }
  const seen = channel.readEcho?.({ providerId: "m", content }).traits ?? []
  return traits !== undefined && likenessOf(traits, seen) !== "other"
}

/** One intent of a capability in doubt, another of the same words in a state, and their echoes. */
const played = Effect.fnUntraced(function* (channel: Channel, doubted: string, other: string, state: State) {
  const provider = yield* Provider
  const apps = ownApps()
  provider.respondsWith(() => noAnswer)
  const doubt = yield* submit("k1", wishOf(channel, doubted))
  assert.strictEqual(doubt.state, "in_doubt", doubted)
  const latch = yield* Latch.make(false)
  const body = JSON.stringify({ recipient_id: person, message_id: "m-other", id: "m-other", success: true })
  provider.respondsWith(() => {
    if (state === "in doubt") return noAnswer
    return state === "sent" ? status(200, body) : Effect.andThen(latch.await, status(200, body))
  })
  const before = provider.sent.all.length
  const flying = yield* Effect.forkChild(submit("k2", wishOf(channel, other)))
  const sentRequests = yield* provider.sent.reach(before + 1)
  // What may be repeated after an unknown end is.
  yield* TestClock.adjust("1 minute")
  if (state !== "in flight") yield* Fiber.join(flying)
  const own = messageOf(sentRequests[0] ?? assert.fail("nothing was sent"))
  const its = messageOf(sentRequests[before] ?? assert.fail("nothing was sent"))
  const receivesEcho = (message: JsonObject, mid: string) =>
    Effect.flatMap(echoEventOf(channel, account, { person, message: { ...message, mid } }), (event) =>
      applyEcho(event, apps)
    )
  yield* Effect.addFinalizer(() => latch.open)
  return {
    own: own ?? assert.fail("an intent with an echo sends a message"),
    its,
    receivesEcho,
    lands: Effect.andThen(latch.open, Fiber.join(flying)),
    doubt: Effect.map(recordOf(doubt.intentId), (record) => record)
  }
})

const reading = connectors.filter(([connector, raw]) => Effect.runSync(bound(connector, raw)).readEcho !== undefined)

it("G49 one connector or more reads echoes", () => assert.isAbove(reading.length, 0))

for (const [connector, raw] of reading) {
  const channels = Layer.effect(
    Channels,
    Effect.map(bound(connector, raw), (channel) => new Map([[connector.id, channel]]))
  )
  const testLayer = harnessOf(channels)
  const looked = connector.capabilities.filter(({ proof }) => proof === "message-echo")
  const withChannel = <A, E, R>(test: (channel: Channel) => Effect.Effect<A, E, R>) =>
    Effect.flatMap(Channels, (all) => test(all.get(connector.id) ?? assert.fail("no channel")))

  describe(`G49 ${connector.id} echo proofs`, () => {
    for (const { id: doubted } of looked) {
      for (const { id: other } of connector.capabilities) {
        for (const state of states) {
          it.effect(`the echo of ${other} ${state} does not prove a doubt about ${doubted}`, () =>
            withChannel(
              Effect.fnUntraced(function* (channel) {
                const { own, its, receivesEcho, lands, doubt } = yield* played(channel, doubted, other, state)
                yield* TestClock.adjust("1 second")
                if (its !== undefined) {
                  yield* receivesEcho(its, "m-other")
                  assert.strictEqual((yield* doubt).state, "in_doubt", "by the other's echo")
                  assert.isUndefined((yield* doubt).receipt)
                }
                if (state === "in flight") {
                  yield* lands
                  if (its !== undefined) yield* receivesEcho(its, "m-other")
                }
                if (state === "in doubt" && mayBe(channel, other, own)) {
                  assert.strictEqual(yield* receivesEcho(own, "m-own"), "undecided")
                  assert.strictEqual((yield* doubt).state, "in_doubt")
                  return
                }
                assert.strictEqual(yield* receivesEcho(own, "m-own"), "done")
                assert.deepInclude(yield* doubt, { state: "sent", receipt: { messageId: "m-own" } })
              })
            ).pipe(Effect.provide(testLayer))
          )
        }
      }
    }
  })
}
