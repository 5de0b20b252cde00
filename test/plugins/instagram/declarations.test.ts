import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { instagram } from "../../../plugins/instagram/index.ts"
import { simulate } from "../../../plugins/instagram/simulator/index.ts"
import type { PersonalPart } from "../../../src/domain/event.ts"
import { answered, ProviderScript, scriptedProvider } from "../../fakes/provider-http.ts"
import { type Sample, showAcknowledgements, showRefusal } from "../declared.ts"
import { digest } from "../digest.ts"
import { running } from "../simulation.ts"
import { nextEvent, throughSimulator } from "../through-simulator.ts"
import { channel, linked, pageId, raw } from "./channel.ts"
import { account, person } from "./samples.ts"

const comment = "18000000000000001"
const secondComment = "18000000000000002"

const samples: Readonly<Record<string, Sample>> = {
  text: [{ text: "olá" }, person],
  attachment: [{ attachment: { type: "image", payload: { url: "https://cdn.example/1.jpg" } } }, person],
  template: [
    { attachment: { type: "template", payload: { template_type: "generic", elements: [{ title: "a" }] } } },
    person
  ],
  reaction: [{ sender_action: "react", payload: { message_id: "m_1", reaction: "love" } }, person],
  mark_seen: [{}, person],
  typing: [{ sender_action: "typing_on" }, person],
  comment_reply: [{ message: "obrigado" }, comment],
  private_reply: [{ text: "olá" }, comment],
  comment_hide: [{ hide: true }, comment],
  comment_delete: [{}, secondComment]
}

const options = {
  secrets: { appSecret: Redacted.make("instagram/app-secret") },
  accounts: [
    { account: { instagramAccountId: account }, secrets: { accessToken: Redacted.make("instagram/shop") } },
    {
      account: { instagramAccountId: linked, login: "facebook", pageId },
      secrets: { accessToken: Redacted.make("instagram/linked"), appSecret: Redacted.make("meta/app-secret") }
    }
  ],
  digest
}

/** The connector at its simulator, with a message and two comments of a person. */
const declaredAt = (alias: string, providerAccount: string) =>
  Effect.gen(function* () {
    const one = yield* running(simulate, options, `instagram/${alias}`)
    const bound = yield* channel
    yield* one.call("POST", "/_simulator/customer-messages", { from: person, text: "é?", account: providerAccount })
    const event = yield* nextEvent(bound, one.received, ({ kind }) => kind === "message")
    for (const id of [comment, secondComment]) {
      yield* one.call("POST", "/_simulator/comments", { from: person, text: "a", id, account: providerAccount })
    }
    return { connector: instagram, channel: bound, account: alias, running: one, event }
  })

const asked = Effect.fnUntraced(function* (alias: string, event: PersonalPart) {
  const confirm = (yield* channel).accounts.get(alias)?.confirmInbound
  return confirm?.by === "question" ? confirm.ask(event) : assert.fail("no question")
})

const message: PersonalPart = { providerId: "m_1", from: person, content: { message: { mid: "m_1", text: "a" } } }

describe("declarations of Instagram", () => {
  it.effect("G40 the simulator shows the acknowledgement that each capability declares, with either login", () =>
    Effect.gen(function* () {
      yield* showAcknowledgements(yield* declaredAt("shop", account), samples)
      yield* showAcknowledgements(yield* declaredAt("linked", linked), samples)
    }).pipe(Effect.scoped)
  )

  it.effect("the refused input fails as the provider's error, and nothing is sent", () =>
    Effect.gen(function* () {
      const failure = yield* showRefusal(yield* declaredAt("shop", account), person)
      assert.deepInclude(failure, { _tag: "PayloadError", code: "100" })
    }).pipe(Effect.scoped)
  )

  it.effect("G40 the provider confirms a message that it lists, and no other", () =>
    Effect.gen(function* () {
      for (const [alias, providerAccount] of [
        ["shop", account],
        ["linked", linked]
      ] as const) {
        const { running: one, event } = yield* declaredAt(alias, providerAccount)
        const answer = (about: PersonalPart) =>
          asked(alias, about).pipe(
            Effect.flatMap((question) => question ?? assert.fail("it cannot be asked about")),
            Effect.provide(throughSimulator(one))
          )
        assert.isTrue(yield* answer(event.personal), alias)
        assert.isFalse(yield* answer({ ...message, providerId: "m_forged" }), alias)
        assert.isFalse(yield* answer({ ...event.personal, from: "900000000000009" }), alias)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("the question reads the conversation with the sender, then the ids of its messages, and nothing else", () =>
    Effect.gen(function* () {
      const script = yield* ProviderScript
      yield* script.next(
        answered(200, { data: [{ id: "t_1" }] }),
        answered(200, { messages: { data: [{ id: "m_2" }, { id: "m_1" }] }, id: "t_1" })
      )
      assert.isTrue(yield* (yield* asked("linked", message)) ?? assert.fail("it cannot be asked about"))
      const requests = (yield* script.sent).map(
        ({ method, url }) => `${method} ${url.replace(/[?&]appsecret_proof=.*/, "")}`
      )
      assert.deepStrictEqual(requests, [
        `GET https://graph.facebook.com/v25.0/${pageId}/conversations?platform=instagram&user_id=${person}`,
        "GET https://graph.facebook.com/v25.0/t_1?fields=messages"
      ])
    }).pipe(Effect.provide(scriptedProvider))
  )

  it.effect("an answer without the list of messages confirms nothing, and is an unknown outcome", () =>
    Effect.gen(function* () {
      const script = yield* ProviderScript
      yield* script.next(answered(200, { data: [{ id: "t_1" }] }), answered(200, { id: "t_1" }))
      const failure = yield* ((yield* asked("shop", message)) ?? assert.fail("it cannot be asked about")).pipe(
        Effect.flip
      )
      assert.deepInclude(failure, { _tag: "ProviderError", code: "unexpected_answer" })
    }).pipe(Effect.provide(scriptedProvider))
  )

  it.effect("the connector has no question about a comment, a reaction or a message without a sender", () =>
    Effect.gen(function* () {
      const { from: _, ...unsent } = message
      for (const other of [
        unsent,
        { ...message, content: { reaction: { mid: "m_1" } } },
        { ...message, content: { id: "18000000000000001", text: "a" } }
      ]) {
        assert.isUndefined(yield* asked("shop", other))
      }
    })
  )

  it("the login of an account is its variant, and the proof of the app's secret is structural", () => {
    const configured = Result.getOrThrow(instagram.configure(raw))
    assert.deepStrictEqual(
      [...configured.variants],
      [
        ["shop", "instagram-login"],
        ["linked", "facebook-login"]
      ]
    )
    assert.deepStrictEqual(configured.structure, {
      "graph.version": "v25.0",
      appId: "absent",
      "graph.appSecretProof": "on"
    })
    const without = Result.getOrThrow(
      instagram.configure({ ...raw, settings: { appId: "1", graph: { version: "v24.0", appSecretProof: false } } })
    )
    assert.deepStrictEqual(without.structure, {
      "graph.version": "v24.0",
      appId: "set",
      "graph.appSecretProof": "off"
    })
  })
})
