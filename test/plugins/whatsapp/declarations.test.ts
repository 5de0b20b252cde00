import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { whatsapp } from "../../../plugins/whatsapp/index.ts"
import { simulate } from "../../../plugins/whatsapp/simulator/index.ts"
import { capabilityOf } from "../bound.ts"
import { type Sample, showAcknowledgements, showRefusal } from "../declared.ts"
import { digest } from "../digest.ts"
import { running } from "../simulation.ts"
import { nextEvent } from "../through-simulator.ts"
import { channel } from "./channel.ts"
import { businessAccountId, phoneNumberId } from "./samples/webhook.ts"

const person = "15550102030"
const link = { link: "https://example.com/a" }

const samples: Readonly<Record<string, Sample>> = {
  text: [{ body: "hi" }, person],
  template: [{ name: "hello", language: { code: "en_US" } }, person],
  image: [link, person],
  video: [link, person],
  audio: [link, person],
  document: [link, person],
  sticker: [link, person],
  location: [{ latitude: 1, longitude: 2 }, person],
  contacts: [{ contacts: [{ name: { formatted_name: "Ana", first_name: "Ana" } }] }, person],
  interactive: [
    {
      type: "button",
      body: { text: "which?" },
      action: { buttons: [{ type: "reply", reply: { id: "a", title: "A" } }] }
    },
    person
  ],
  reaction: [{ message_id: "wamid.a", emoji: "👍" }, person],
  pin: [{ type: "pin", message_id: "wamid.a", expiration_days: 1 }, person],
  marketing_message: [{ name: "hello", language: { code: "en_US" } }, person],
  mark_read: [{ message_id: "wamid.a" }],
  typing_indicator: [{ message_id: "wamid.a" }]
}

/** The connector at its simulator, with an event that a person caused. */
const declared = Effect.gen(function* () {
  const one = yield* running(
    simulate,
    {
      secrets: { appSecret: Redacted.make("meta/app-secret"), verifyToken: Redacted.make("meta/verify-token") },
      accounts: [
        { account: { phoneNumberId, businessAccountId }, secrets: { accessToken: Redacted.make("whatsapp/support") } }
      ],
      digest
    },
    "whatsapp/support"
  )
  const bound = yield* channel
  yield* one.call("POST", "/_simulator/customer-messages", { from: person, text: "hi" })
  const event = yield* nextEvent(bound, one.received, ({ kind }) => kind === "message")
  return { connector: whatsapp, channel: bound, account: "support", running: one, event }
})

describe("declarations of WhatsApp", () => {
  it.effect("G40 the simulator shows the acknowledgement that each capability declares", () =>
    Effect.gen(function* () {
      yield* showAcknowledgements(yield* declared, samples, ["message", "media_delete"])
    }).pipe(Effect.scoped)
  )

  it.effect("the refused input fails as the provider's error, and nothing is sent", () =>
    Effect.gen(function* () {
      const failure = yield* showRefusal(yield* declared, person)
      assert.deepInclude(failure, { _tag: "PayloadError", code: "132001" })
    }).pipe(Effect.scoped)
  )

  it.effect("G40 a capability that marks a message names the event with that message's identity", () =>
    Effect.gen(function* () {
      const { channel: bound, event } = yield* declared
      for (const id of ["mark_read", "typing_indicator"]) {
        const input = { message_id: event.personal.providerId }
        const { namedEvent } = yield* Effect.fromResult(capabilityOf(bound, "support", id).prepare(input, undefined))
        assert.deepStrictEqual(namedEvent, event.identity, id)
      }
      const { namedEvent } = yield* Effect.fromResult(
        capabilityOf(bound, "support", "text").prepare({ body: "hi" }, person)
      )
      assert.isUndefined(namedEvent)
    }).pipe(Effect.scoped)
  )

  it.effect("the media of an event are those that a download takes", () =>
    Effect.gen(function* () {
      const confirm = (yield* channel).accounts.get("support")?.confirmInbound
      assert.strictEqual(whatsapp.confirmInbound, "capability")
      if (confirm?.by !== "capability") return assert.fail("no confirmation by a capability")
      const mediaOf = (content: object) => confirm.media({ providerId: "wamid.a", content: { ...content } })
      for (const type of ["image", "video", "audio", "document", "sticker"]) {
        assert.deepStrictEqual(mediaOf({ type, [type]: { id: "77", mime_type: "a/b" } }), ["77"], type)
      }
      assert.deepStrictEqual(mediaOf({ type: "text", text: { body: "hi", id: "77" } }), [])
      assert.deepStrictEqual(mediaOf({ type: "image" }), [])
      assert.deepStrictEqual(confirm.media({ providerId: "", content: null }), [])
    })
  )
})
