import { assert, describe, it } from "@effect/vitest"
import { only, opened, reasons } from "./decoded.ts"
import { revokeEcho, textEcho, withEchoes } from "./samples/echoes.ts"
import { customer, metadata, phoneNumberId, userId } from "./samples/webhook.ts"

describe("WhatsApp echoes", () => {
  it("a message of the business itself decodes to an echo in the recipient's conversation", () => {
    assert.deepStrictEqual(only(withEchoes([textEcho])), {
      _tag: "Event",
      providerAccount: phoneNumberId,
      kind: "echo",
      type: "echo.text",
      identity: ["echo", "wamid.sample-5"],
      weakIdentity: false,
      conversation: customer,
      learned: { id: customer, alias: userId },
      formerly: userId,
      occurredAt: 1780000200000,
      personal: { providerId: "wamid.sample-5", from: metadata.display_phone_number, content: textEcho }
    })
  })

  it("an echo may revoke a message, and may name its recipient by phone alone", () => {
    const [, revoke] = opened(withEchoes([textEcho, revokeEcho]))
    assert.deepInclude(revoke, { type: "echo.revoke", conversation: customer })
  })

  it("an echo of an unknown type is kept, and one of a wrong shape is quarantined", () => {
    const echoes = [{ ...textEcho, type: "hologram" }, "an echo", revokeEcho]
    assert.deepStrictEqual(reasons(withEchoes(echoes)), ["unknown", "an echo is not an object", "echo.revoke"])
  })
})
