import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { decode } from "../../../plugins/instagram/inbound/decode.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { ProviderScript, type Scripted, answered, scriptedProvider } from "../../fakes/provider-http.ts"
import { capabilityOf } from "../bound.ts"
import { readerOf } from "../opened.ts"
import { channel, linked } from "./channel.ts"
import { fromAccount, person, withMessaging } from "./samples.ts"

const { only } = readerOf(decode)
const comment = "18000000000000001"
const since = 1_780_000_000_000

const prepared = Effect.fnUntraced(function* (id: string, input: unknown, to: string, alias = "shop") {
  return yield* Effect.fromResult(capabilityOf(yield* channel, alias, id).prepare(input, to))
})

const echoOf = (message: JsonObject, to = person): Json =>
  withMessaging({ ...fromAccount({ message }), recipient: { id: to } })

const looksLike = Effect.fnUntraced(function* (id: string, input: unknown, echo: Json) {
  const { isEcho } = yield* prepared(id, input, person)
  return isEcho?.(only(echo).personal)
})

describe("proof of a direct message", () => {
  it.effect("G20 an echo of equal text to the same person proves a message", () =>
    Effect.gen(function* () {
      const same = { mid: "m_9", is_echo: true, text: "olá" }
      const looks = (echo: Json) => looksLike("text", { text: "olá" }, echo)
      assert.isTrue(yield* looks(echoOf(same)))
      assert.isTrue(yield* looks(echoOf({ ...same, text: " olá\n" })))
      for (const other of [
        echoOf({ ...same, text: "olé" }),
        echoOf(same, "900000000000002"),
        echoOf({ ...same, is_deleted: true }),
        echoOf({ mid: "m_9", is_echo: true, attachments: [{ type: "image" }] })
      ]) {
        assert.isFalse(yield* looks(other))
      }
    })
  )

  it.effect("G20 an echo with one attachment of equal type and URL to the same person proves an attachment", () =>
    Effect.gen(function* () {
      const input = { attachment: { type: "image", payload: { url: "https://cdn.example/1.jpg" } } }
      const looks = (attachments: ReadonlyArray<JsonObject>, to = person) =>
        looksLike("attachment", input, echoOf({ mid: "m_9", is_echo: true, attachments }, to))
      const image = { type: "image", payload: { url: "https://cdn.example/1.jpg" } }
      assert.isTrue(yield* looks([image]))
      // Any other image would do, were the kind enough.
      assert.isFalse(yield* looks([{ ...image, payload: { url: "https://elsewhere.example/2" } }]))
      assert.isFalse(yield* looks([{ type: "image" }]))
      assert.isFalse(yield* looks([{ ...image, type: "video" }]))
      assert.isFalse(yield* looks([image, image]))
      assert.isFalse(yield* looks([image], "900000000000002"))
    })
  )

  it.effect("G20 a private reply, a reaction and a hidden comment have no proof", () =>
    Effect.gen(function* () {
      const bound = yield* channel
      for (const id of ["private_reply", "reaction", "typing", "comment_hide"]) {
        assert.strictEqual(capabilityOf(bound, "shop", id).protection, "unprotected", id)
      }
      assert.deepInclude(capabilityOf(bound, "shop", "mark_seen"), { protection: "idempotent", retryUnknown: 2 })
      const { isEcho, find } = yield* prepared("private_reply", { text: "olá" }, comment)
      assert.deepStrictEqual([isEcho, find], [undefined, undefined])
    })
  )
})

const reply = { id: "9", text: "obrigado", timestamp: "2026-05-28T20:26:41+0000", username: "shop" }
const me = answered(200, { username: "shop" })
const replies = (...data: ReadonlyArray<object>) => answered(200, { data, paging: {} })

const reading = (alias: string, ...ends: ReadonlyArray<Scripted>) =>
  Effect.gen(function* () {
    const script = yield* ProviderScript
    yield* script.next(...ends)
    const { find } = yield* prepared("comment_reply", { message: "obrigado" }, comment, alias)
    if (find === undefined) return assert.fail("it cannot be read back")
    const found = yield* Effect.exit(find(since))
    return {
      found,
      requests: (yield* script.sent).map(({ method, url }) => `${method} ${url.replace(/.appsecret.*/, "")}`)
    }
  }).pipe(Effect.provide(scriptedProvider))

describe("proof of a comment reply", () => {
  it.effect("G20 a read-back lists the replies under the comment by the account's own name", () =>
    Effect.gen(function* () {
      const { found, requests } = yield* reading("shop", me, replies(reply))
      assert.deepStrictEqual(found, Exit.succeed([{ messageId: "9", createdAt: 1_780_000_001_000 }]))
      const base = "https://graph.instagram.com/v25.0"
      assert.deepStrictEqual(requests, [
        `GET ${base}/me?fields=username`,
        `GET ${base}/${comment}/replies?fields=id%2Ctext%2Ctimestamp%2Cusername`
      ])
      const other = yield* reading("linked", me, replies(reply))
      assert.strictEqual(other.requests[0], `GET https://graph.facebook.com/v25.0/${linked}?fields=username`)
    })
  )

  it.effect("G20 a read-back returns every reply of equal text, and none of other people or text", () =>
    Effect.gen(function* () {
      const twice = { ...reply, id: "10", text: "obrigado " }
      const { found } = yield* reading(
        "shop",
        answered(200, { data: [{ username: "shop" }] }),
        replies(
          { ...reply, username: "ada" },
          reply,
          { ...reply, text: "obrigada" },
          twice,
          { ...reply, timestamp: undefined },
          { ...reply, id: undefined }
        )
      )
      assert.strictEqual(found._tag, "Success")
      assert.deepStrictEqual(found._tag === "Success" && found.value.map(({ messageId }) => messageId), ["9", "10"])
    })
  )

  it.effect("G20 a read-back fails when name or replies are unreadable, and never counts as absence", () =>
    Effect.gen(function* () {
      for (const ends of [
        [answered(200, {})],
        [me, answered(200, { error: "no" })],
        [me, answered(400, { error: { code: 100, error_subcode: 33 } })],
        [answered(502, "<html>")]
      ]) {
        assert.strictEqual((yield* reading("shop", ...ends)).found._tag, "Failure")
      }
    })
  )
})
