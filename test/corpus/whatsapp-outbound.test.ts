import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { objectOf, textOf } from "../../plugins/meta/read-json.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { answered } from "../fakes/provider-http.ts"
import { sending } from "../plugins/whatsapp/sending.ts"
import { type PublishedRequest, publishedRequests } from "./published-requests.ts"
import { corpus } from "./published.ts"

const requests = publishedRequests("wa-")

interface Intent {
  readonly capability: string
  readonly input: Json
  readonly to?: string
}

/** The intent that means the same. */
const intentOf = ({ method, path, body }: PublishedRequest): Intent => {
  if (method === "DELETE") return { capability: "media_delete", input: { id: "155" } }
  const recipient = { to: textOf(body["to"]) ?? textOf(body["recipient"]) ?? "" }
  if (path.endsWith("/marketing_messages")) {
    const { product_policy, message_activity_sharing, template } = body
    const input = { ...objectOf(template), product_policy, message_activity_sharing }
    return { capability: "marketing_message", input: JSON.parse(JSON.stringify(input)), ...recipient }
  }
  if (body["status"] === "read") {
    const capability = body["typing_indicator"] === undefined ? "mark_read" : "typing_indicator"
    return { capability, input: { message_id: body["message_id"] ?? null } }
  }
  const type = textOf(body["type"]) ?? (body["interactive"] === undefined ? "text" : "interactive")
  const own = type === "contacts" ? { contacts: body["contacts"] ?? null } : objectOf(body[type])
  const { context } = body
  return { capability: type, input: { ...own, ...(context === undefined ? {} : { context }) }, ...recipient }
}

/** What the provider takes for granted, said: the type of a message, one recipient, a whole number. */
const expectedBody = (request: PublishedRequest): JsonObject => {
  const { method, body } = request
  if (method === "DELETE" || body["status"] === "read") return body
  const to = textOf(body["to"])
  return {
    recipient_type: "individual",
    type: intentOf(request).capability,
    ...body,
    ...(to === undefined ? {} : { to: to.startsWith("+") ? to : `+${to}` })
  }
}

const edgeOf = ({ method, path }: PublishedRequest) => (method === "DELETE" ? "155" : (path.split("/").at(-1) ?? ""))

describe.skipIf(corpus === undefined)("published WhatsApp requests", () => {
  it("the corpus holds every published request", () => {
    assert.isAbove(requests.length, 40)
  })

  it.effect.each(requests)("the published request $file equals what our intent of the same meaning sends", (request) =>
    Effect.gen(function* () {
      const { capability, input, to } = intentOf(request)
      const answer = answered(Number(request.response["status"]), request.response["body"])
      const sent = yield* sending(capability, input, to, answer)
      const { biz_opaque_callback_data: callbackData, ...ours } = sent.body
      assert.deepStrictEqual(ours, expectedBody(request))
      assert.strictEqual(sent.request?.method, request.method)
      const [at = ""] = (sent.request?.url ?? "").split("?")
      assert.strictEqual(at.split("/").at(-1), edgeOf(request))
      assert.strictEqual(callbackData, to === undefined ? undefined : "c1.sample")
      assert.strictEqual(sent.receipt.messageId === undefined, to === undefined)
    })
  )
})

it.runIf(corpus === undefined)("the test has no published requests to compare with here", () => {
  console.log("COMPORTA_CORPUS is not set: our requests were not compared with the published ones")
})
