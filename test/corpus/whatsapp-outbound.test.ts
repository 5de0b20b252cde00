import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { objectOf, textOf } from "../../plugins/meta/read-json.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { answered } from "../fakes/provider-http.ts"
import { sending } from "../plugins/whatsapp/sending.ts"

// @effect-diagnostics-next-line processEnv:off
const corpus = process.env["COMPORTA_CORPUS"]
const folder = join(corpus ?? "", "outbound")

/** Stand-ins of the provider's pages, where the real thing has a form. */
const written = (text: string) =>
  text
    .replaceAll(/<?http\(s\):\/\/([^">]*)>?/g, "https://example.org/$1")
    .replaceAll(/"\{\{Recipient-[^"]*\}\}"/g, '"+16505551234"')
    .replaceAll("<HEADER_TYPE>", "text")

interface Published {
  readonly file: string
  readonly path: string
  readonly body: JsonObject
  readonly response: JsonObject
}

const published: ReadonlyArray<Published> =
  corpus === undefined
    ? []
    : readdirSync(folder)
        .filter((name) => name.startsWith("wa-"))
        .map((name) => {
          const pair = objectOf(JSON.parse(written(readFileSync(join(folder, name), "utf8"))))
          const request = objectOf(pair?.["request"])
          return {
            file: name,
            path: textOf(request?.["path"]) ?? "",
            body: objectOf(request?.["body"]) ?? {},
            response: objectOf(pair?.["response"]) ?? {}
          }
        })

/** Other addresses than that of messages: `marketing_messages`, and what deletes a medium. */
const elsewhere = published.filter(({ path }) => !path.endsWith("/messages"))
const messages = published.filter(({ path }) => path.endsWith("/messages"))

/** The intent that means the same. */
const intentOf = (body: JsonObject): { readonly capability: string; readonly input: Json; readonly to?: string } => {
  if (body["status"] === "read") {
    const capability = body["typing_indicator"] === undefined ? "mark_read" : "typing_indicator"
    return { capability, input: { message_id: body["message_id"] ?? null } }
  }
  const type = textOf(body["type"]) ?? (body["interactive"] === undefined ? "text" : "interactive")
  const own = type === "contacts" ? { contacts: body["contacts"] ?? null } : objectOf(body[type])
  const { context } = body
  return {
    capability: type,
    input: { ...own, ...(context === undefined ? {} : { context }) },
    to: textOf(body["to"]) ?? textOf(body["recipient"]) ?? ""
  }
}

/** What the provider takes for granted, said: the type of a text, one recipient, a whole number. */
const whole = (body: JsonObject): JsonObject => {
  if (body["status"] === "read") return body
  const to = textOf(body["to"])
  return {
    recipient_type: "individual",
    type: intentOf(body).capability,
    ...body,
    ...(to === undefined ? {} : { to: to.startsWith("+") ? to : `+${to}` })
  }
}

describe.skipIf(corpus === undefined)("the published requests of WhatsApp", () => {
  it("are sends of messages, but for two of another address and one that deletes", () => {
    assert.isAbove(messages.length, 35)
    assert.deepStrictEqual(
      elsewhere.map(({ path }) => path.split("/").at(-1)),
      ["marketing_messages", "marketing_messages", "{media-id}"]
    )
  })

  it.effect.each(messages)("$file is what our intent of the same meaning becomes", ({ body, response }) =>
    Effect.gen(function* () {
      const { capability, input, to } = intentOf(body)
      const answer = answered(Number(response["status"]), response["body"])
      const sent = yield* sending(capability, input, to, answer)
      const { biz_opaque_callback_data: callbackData, ...ours } = sent.body
      assert.deepStrictEqual(ours, whole(body))
      assert.strictEqual(callbackData, to === undefined ? undefined : "c1.sample")
      assert.strictEqual(sent.receipt.messageId === undefined, to === undefined)
    })
  )
})

it.runIf(corpus === undefined)("has no published requests to compare with here", () => {
  console.log("COMPORTA_CORPUS is not set: our requests were not compared with the published ones")
})
