import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { contentSchema, type WhatsAppEvent } from "../../../plugins/whatsapp/events.ts"
import { accountEvents } from "../../../plugins/whatsapp/events/account.ts"
import { messages } from "../../../plugins/whatsapp/events/messages.ts"
import { accountFields, messageTypes } from "../../../plugins/whatsapp/inbound/names.ts"
import type { Json } from "../../../src/domain/json.ts"
import { opened } from "./decoded.ts"
import { calls, preferences, templateApproved } from "./samples/account-events.ts"
import { textEcho, withEchoes } from "./samples/echoes.ts"
import { everyType, withMessages } from "./samples/messages.ts"
import { failed, inGroup, sent, withStatuses } from "./samples/statuses.ts"

describe("content of WhatsApp events", () => {
  it("the schemas cover each type of message and each field of an account", () => {
    assert.sameMembers(Object.keys(messages), [...messageTypes])
    assert.sameMembers(Object.keys(accountEvents), [...accountFields, "errors"])
  })

  it.each([
    withMessages(everyType),
    withEchoes([textEcho]),
    withStatuses([sent, failed, inGroup]),
    calls,
    preferences,
    templateApproved
  ] as ReadonlyArray<Json>)("the content of each sample matches the schema of its type (%#)", (body) => {
    for (const { type, personal } of opened(body)) {
      const decoded = Schema.decodeUnknownResult(contentSchema(type))(personal.content)
      assert.strictEqual(decoded._tag, "Success", `${type} ${JSON.stringify(personal.content)}`)
    }
  })

  it("the type of an event determines the type of its content in TypeScript", () => {
    const read = (event: WhatsAppEvent) => {
      if (event.type === "whatsapp.message.text") return event.data.content.text?.body
      if (event.type === "whatsapp.account.message_template_status_update") return event.data.content.event
      return event.type.startsWith("whatsapp.status.") ? "a status" : undefined
    }
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>()
  })
})
