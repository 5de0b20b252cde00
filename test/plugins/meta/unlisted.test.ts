import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { messagingErrors } from "../../../plugins/meta/messaging/errors.ts"
import { errors as whatsappErrors } from "../../../plugins/whatsapp/errors.ts"
import { failureReport } from "../../../src/domain/failure.ts"
import { safeNewKey } from "../../../src/domain/intent.ts"
import { answered } from "../../fakes/provider-http.ts"
import { capabilityOf, performed } from "../bound.ts"
import { channel as instagram } from "../instagram/channel.ts"
import { channel as messenger } from "../messenger/samples.ts"
import { sending, recipientNumber } from "../whatsapp/sending.ts"

const envelope = (error: object = {}) => ({
  error: { message: "(#131999) no", type: "OAuthException", code: 131_999, fbtrace_id: "A1b", ...error }
})
const texts = {
  whatsapp: (end: ReturnType<typeof answered>) => Effect.asVoid(sending("text", { body: "a" }, recipientNumber, end)),
  instagram: (end: ReturnType<typeof answered>) =>
    Effect.flatMap(instagram, (bound) =>
      Effect.asVoid(performed(capabilityOf(bound, "shop", "text"), { text: "a" }, "1", end))
    ),
  messenger: (end: ReturnType<typeof answered>) =>
    Effect.flatMap(messenger, (bound) =>
      Effect.asVoid(performed(capabilityOf(bound, "shop", "text"), { text: "a" }, "1", end))
    )
}
const channels = ["whatsapp", "instagram", "messenger"] as const
const ended = (channel: (typeof channels)[number], status: number, body: unknown) =>
  Effect.flip(texts[channel](answered(status, body)))
const refused = {
  _tag: "ProviderError",
  certainty: "not_applied",
  transient: false,
  pauses: "nothing",
  unlisted: true
} as const

describe("rejections with unlisted codes", () => {
  it.effect.each(channels.flatMap((channel) => [400, 403, 429, 499].map((status) => [channel, status] as const)))(
    "G19 an unlisted rejection of a send of %s with %d certainly did nothing, and permits no new key",
    ([channel, status]) =>
      Effect.gen(function* () {
        const failure = yield* ended(channel, status, envelope())
        assert.deepInclude(failure, { ...refused, code: "131999", httpStatus: status, providerTraceId: "A1b" })
        assert.isFalse(safeNewKey("failed", failureReport(failure)))
        assert.isTrue(failureReport(failure).unlisted)
      })
  )

  it("G19 the codes of these tests are in no table", () => {
    const known = new Set([...whatsappErrors, ...messagingErrors].map(({ code }) => code))
    for (const code of ["131999", "100000", "987654"]) assert.isFalse(known.has(code))
  })

  const doubtful: ReadonlyArray<readonly [what: string, status: number, body: unknown]> = [
    ["a server error", 500, envelope()],
    ["a redirect", 302, envelope()],
    ["an informal success", 206, envelope()],
    ["an error that calls itself transient", 400, envelope({ is_transient: true })],
    ["an error whose transience cannot be read", 400, envelope({ is_transient: "true" })],
    ["a code below 100", 400, envelope({ code: 99 })],
    ["no code", 400, envelope({ code: undefined })],
    ["no message", 400, envelope({ message: undefined })],
    ["no type", 400, envelope({ type: undefined })],
    ["no trace id", 400, envelope({ fbtrace_id: undefined })],
    ["a page", 400, "<html>"],
    ["half of an envelope", 400, JSON.stringify(envelope()).slice(0, -3)],
    ...[1, 2, 1200, 2022, 131_000, 131_016, 1_357_046, 1_545_041].map(
      (code) => [`code ${code}`, 400, envelope({ code })] as const
    ),
    ...[1_357_046, 1_545_041].map(
      (error_subcode) => [`subcode ${error_subcode}`, 400, envelope({ error_subcode })] as const
    )
  ]
  it.effect.each(doubtful.flatMap((one) => channels.map((channel) => [...one, channel] as const)))(
    "G19 an unlisted failure stays unknown when it is %s with %d",
    ([, status, body, channel]) =>
      Effect.gen(function* () {
        const failure = yield* ended(channel, status, body)
        assert.deepInclude(failure, { _tag: "ProviderError", certainty: "unknown", transient: false })
        assert.notProperty(failure, "unlisted")
      })
  )

  it.effect("G19 an unlisted failure stays unknown at an endpoint other than messages", () =>
    Effect.gen(function* () {
      const reply = capabilityOf(yield* instagram, "shop", "comment_reply")
      const failure = yield* Effect.flip(performed(reply, { message: "a" }, "1", answered(400, envelope())))
      assert.deepInclude(failure, { code: "131999", certainty: "unknown" })
    })
  )

  it.effect("an unlisted failure names the provider's trace id alone, and none that could be a phone number", () =>
    Effect.gen(function* () {
      const failure = yield* ended("whatsapp", 400, envelope({ message: "canary", fbtrace_id: "15550102030" }))
      assert.notProperty(failure, "providerTraceId")
      assert.notInclude(JSON.stringify(failure), "canary")
    })
  )
})
