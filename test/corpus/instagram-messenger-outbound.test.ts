import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { objectOf, textOf } from "../../plugins/meta/read-json.ts"
import type { JsonObject } from "../../src/domain/json.ts"
import { answered } from "../fakes/provider-http.ts"
import { callbackData, capabilityOf, performed } from "../plugins/bound.ts"
import { channel as instagram } from "../plugins/instagram/channel.ts"
import { channel as messenger } from "../plugins/messenger/samples.ts"
import { type PublishedRequest, publishedRequests } from "./published-requests.ts"
import { corpus } from "./published.ts"

const requests = publishedRequests("ig-", "messenger-")

/** The intent that means the same. */
const intentOf = ({ body }: PublishedRequest) => {
  const { recipient, message, sender_action: action, ...beside } = body
  const to = objectOf(recipient)
  const attachment = objectOf(objectOf(message)?.["attachment"])
  const kind = attachment === undefined ? "text" : attachment["type"] === "template" ? "template" : "attachment"
  const input: JsonObject = { ...objectOf(message), ...beside }
  const capability = action === undefined ? kind : action === "mark_seen" ? "mark_seen" : "typing"
  return to?.["comment_id"] === undefined
    ? { capability, input: action === undefined ? input : { sender_action: action }, to: textOf(to?.["id"]) ?? "" }
    : { capability: "private_reply", input, to: textOf(to["comment_id"]) ?? "" }
}

/** What we add: our callback data, where the provider returns it. */
const withoutOurs = (body: JsonObject): JsonObject => {
  const { metadata, ...message } = objectOf(body["message"]) ?? {}
  assert.isTrue(metadata === undefined || metadata === callbackData)
  return body["message"] === undefined ? body : { ...body, message }
}

describe.skipIf(corpus === undefined)("published requests of Instagram and Messenger", () => {
  it("the corpus holds every published request", () => {
    assert.isAbove(requests.length, 4)
  })

  it.effect.each(requests)("the published request $file equals what our intent of the same meaning sends", (request) =>
    Effect.gen(function* () {
      const { capability, input, to } = intentOf(request)
      const channel = yield* request.file.startsWith("ig-") ? instagram : messenger
      const answer = answered(Number(request.response["status"]), request.response["body"])
      const sent = yield* performed(capabilityOf(channel, "shop", capability), input, to, answer)
      assert.deepStrictEqual(withoutOurs(sent.body), request.body)
      assert.strictEqual(sent.method, request.method)
      assert.isTrue(sent.at.endsWith("/messages"))
    })
  )
})

it.runIf(corpus === undefined)("the test has no published requests to compare with here", () => {
  console.log("COMPORTA_CORPUS is not set: our requests were not compared with the published ones")
})
