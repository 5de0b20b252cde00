import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { decode as instagram } from "../../plugins/instagram/inbound/decode.ts"
import { judge } from "../../plugins/meta/graph-error.ts"
import { messagingErrors } from "../../plugins/meta/messaging/errors.ts"
import { decode as messenger } from "../../plugins/messenger/inbound/decode.ts"
import { listOf, objectOf, textOf } from "../../plugins/meta/read-json.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { answered } from "../fakes/provider-http.ts"
import { callbackData, capabilityOf, performed } from "../plugins/bound.ts"
import { channel as instagramChannel } from "../plugins/instagram/channel.ts"
import { channel as messengerChannel } from "../plugins/messenger/samples.ts"
import { openedItem } from "../plugins/opened.ts"
import { corpus, published } from "./published.ts"

/** What each sample must come to, by the beginning of its name. */
const kinds: ReadonlyArray<readonly [name: string, kind: string, type: string]> = [
  ["botpress-ig-login-changes-comments", "message", "instagram.message.comment"],
  ["metadoc-fb-login-changes-comments", "message", "instagram.message.comment"],
  ["metadoc-fb-login-changes-live", "message", "instagram.message.live_comment"],
  ["metadoc-ig-login-flat-live", "message", "instagram.message.live_comment"],
  ["metadoc-mention-", "message", "instagram.message.mention"],
  ["metadoc-story-insights", "account", "instagram.account.story_insights"],
  ["chatwoot-ig-story-mention", "message", "instagram.message.story_mention"],
  ["chatwoot-ig-story-reply", "message", "instagram.message.story_reply"],
  ["chatwoot-ig-text", "message", "instagram.message.text"],
  ["chatwoot-ig-unsend", "message", "instagram.message.deleted"],
  ["metadoc-ig-ad-referral", "message", "instagram.message.text"],
  ["metadoc-ig-message-edit", "message", "instagram.message.edit"],
  ["metadoc-ig-message-text", "message", "instagram.message.text"],
  ["metadoc-ig-quick-reply", "message", "instagram.message.quick_reply"],
  ["metadoc-ig-reaction-", "message", "instagram.message.reaction"],
  ["metadoc-ig-referral", "message", "instagram.message.referral"],
  ["metadoc-ig-reply-to", "message", "instagram.message.text"],
  ["metadoc-image", "message", "messenger.message.image"],
  ["metadoc-postback", "message", "messenger.message.postback"]
]

const decoders = [
  ["instagram-inbound", "instagram", instagram],
  ["instagram-comments", "instagram", instagram],
  ["messenger", "messenger", messenger]
] as const

/** Every item that a published webhook holds, wherever it stands. */
const itemsIn = (body: Json): ReadonlyArray<Json> =>
  (listOf(objectOf(body)?.["entry"]) ?? []).flatMap((entry) => {
    const { messaging, changes, value } = objectOf(entry) ?? {}
    const values = (listOf(changes) ?? []).flatMap((change) => objectOf(change)?.["value"] ?? [])
    return [...(listOf(messaging) ?? []), ...values, ...(value === undefined ? [] : [value])]
  })

describe.skipIf(corpus === undefined)("published webhooks of Instagram and Messenger", () => {
  const samples = decoders.flatMap(([folder, id, decode]) =>
    published(folder).map((sample) => ({ ...sample, id, decode }))
  )

  it.each(samples)(
    "the published webhook $name decodes to its kind and type, with nothing lost",
    ({ name, body, id, decode }) => {
      const [, kind, type] = kinds.find(([start]) => name.startsWith(start)) ?? assert.fail(`what is ${name}?`)
      const items = itemsIn(body)
      assert.isNotEmpty(items)
      for (const form of [body, [body]]) {
        const events = decode(form).map(openedItem)
        assert.deepStrictEqual(
          events.map((event) => [event.kind, `${id}.${event.type}`]),
          items.map(() => [kind, type])
        )
        assert.deepStrictEqual(
          events.map(({ personal }) => personal.content),
          [...items]
        )
      }
    }
  )

  it("the corpus holds every published webhook", () => {
    assert.isAtLeast(samples.length, 21)
  })
})

const bodyOf = (request: Json | undefined): JsonObject => objectOf(objectOf(request)?.["body"]) ?? {}

describe.skipIf(corpus === undefined)("published requests of Instagram and Messenger", () => {
  it.effect(
    "the published requests equal the requests that we send for the same meaning, except for our metadata",
    () =>
      Effect.gen(function* () {
        const samples = published("outbound", "ig-", "messenger-")
        assert.lengthOf(samples, 5)
        for (const { name, body } of samples) {
          const { request, response } = objectOf(body) ?? {}
          const wanted = bodyOf(request)
          const { text } = objectOf(wanted["message"]) ?? {}
          const comment = textOf(objectOf(wanted["recipient"])?.["comment_id"])
          const { tag, reply_to: replyTo } = wanted
          const input = {
            text,
            ...(tag === undefined ? {} : { tag }),
            ...(replyTo === undefined ? {} : { reply_to: replyTo })
          }
          const [channel, alias] = name.startsWith("ig-")
            ? [yield* instagramChannel, "shop"]
            : [yield* messengerChannel, "shop"]
          const capability = capabilityOf(channel, alias, comment === undefined ? "text" : "private_reply")
          const sent = yield* performed(capability, input, "someone", answered(200, bodyOf(response)))
          const { metadata, ...message } = objectOf(sent.body["message"]) ?? {}
          assert.strictEqual(metadata, name.startsWith("ig-") ? undefined : callbackData, name)
          const recipient = comment === undefined ? { id: "someone" } : { comment_id: "someone" }
          assert.deepStrictEqual({ ...sent.body, message }, { ...wanted, recipient }, name)
          assert.strictEqual(sent.receipt.messageId, textOf(bodyOf(response)["message_id"]), name)
        }
      })
  )
})

describe.skipIf(corpus === undefined)("published errors of the Graph API", () => {
  const judged = judge(messagingErrors)
  const errors = published("graph", "openapi-")

  it.each(errors)("the published error $name is classified by the table", ({ body }) => {
    const { status, body: answer = null } = objectOf(body) ?? {}
    const failure = judged(answered(Number(status), ""), answer)
    const { code, is_transient: transient } = objectOf(objectOf(answer)?.["error"]) ?? {}
    assert.strictEqual(failure.code.split("/")[0], String(code))
    assert.notInclude(failure.detail, "not in the table")
    assert.strictEqual(failure.certainty, Number(status) >= 500 || transient === true ? "unknown" : "not_applied")
  })

  it("the corpus holds every published error", () => {
    assert.isAtLeast(errors.length, 20)
  })
})

it.runIf(corpus === undefined)("the test has no published samples here", () => {
  console.log("COMPORTA_CORPUS is not set: the published samples of Instagram and Messenger were not looked at")
})
