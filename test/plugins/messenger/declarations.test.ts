import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { messenger } from "../../../plugins/messenger/index.ts"
import { simulate } from "../../../plugins/messenger/simulator/index.ts"
import { bound } from "../bound.ts"
import { type Sample, showAcknowledgements } from "../declared.ts"
import { digest } from "../digest.ts"
import { running } from "../simulation.ts"
import { nextEvent } from "../through-simulator.ts"
import { page, person } from "./samples.ts"

const comment = "122000000000000001_180000000000000001"
const secondComment = "122000000000000001_180000000000000002"

const samples: Readonly<Record<string, Sample>> = {
  text: [{ text: "olá" }, person],
  attachment: [{ attachment: { type: "image", payload: { url: "https://cdn.example/1.jpg" } } }, person],
  template: [
    { attachment: { type: "template", payload: { template_type: "generic", elements: [{ title: "a" }] } } },
    person
  ],
  private_reply: [{ text: "olá" }, comment],
  mark_seen: [{}, person],
  typing: [{ sender_action: "typing_on" }, person],
  comment_reply: [{ message: "obrigado" }, secondComment]
}

const channel = bound(messenger, {
  secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
  settings: { graph: { version: "v25.0" } },
  accounts: { shop: { secrets: { accessToken: "messenger/shop" }, settings: { pageId: page } } },
  capabilities: messenger.capabilities.map(({ id }) => id)
})

describe("declarations of Messenger", () => {
  it.effect("G40 the simulator shows the acknowledgement that each capability declares", () =>
    Effect.gen(function* () {
      const one = yield* running(
        simulate,
        {
          secrets: { appSecret: Redacted.make("meta/app-secret") },
          accounts: [{ account: { pageId: page }, secrets: { accessToken: Redacted.make("messenger/shop") } }],
          digest
        },
        "messenger/shop"
      )
      const shop = yield* channel
      yield* one.call("POST", "/_simulator/customer-messages", { from: person, text: "olá" })
      yield* nextEvent(shop, one.received, ({ kind }) => kind === "message")
      for (const id of [comment, secondComment]) {
        yield* one.call("POST", "/_simulator/comments", { from: person, text: "a", id })
      }
      yield* showAcknowledgements({ connector: messenger, channel: shop, account: "shop", running: one }, samples)
    }).pipe(Effect.scoped)
  )

  it("nothing confirms an inbound event, and no refused input is documented", () => {
    assert.isUndefined(messenger.confirmInbound)
    assert.isUndefined(messenger.refusedInput)
  })
})
