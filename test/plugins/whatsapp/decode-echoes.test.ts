import { assert, describe, it } from "@effect/vitest"
import { only, opened, reasons } from "./decoded.ts"
import { revokeEcho, textEcho, withEchoes } from "./samples/echoes.ts"
import { customer, metadata, phoneNumberId, userId } from "./samples/webhook.ts"

describe("an echo of WhatsApp", () => {
  it("is what the business itself wrote, in the conversation of its recipient", () => {
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

  it("may take something back, and its recipient may be known by phone alone", () => {
    const [, revoke] = opened(withEchoes([textEcho, revokeEcho]))
    assert.deepInclude(revoke, { type: "echo.revoke", conversation: customer })
  })

  it("of an unknown type is kept, of no shape quarantined", () => {
    const echoes = [{ ...textEcho, type: "hologram" }, "an echo", revokeEcho]
    assert.deepStrictEqual(reasons(withEchoes(echoes)), ["unknown", "an echo is not an object", "echo.revoke"])
  })
})
