import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { ChannelMedia } from "../../../src/connector/channel.ts"
import { NotSent, OutcomeUnknown } from "../../../src/connector/provider-http.ts"
import { mayHaveToken } from "../../../plugins/whatsapp/media/host.ts"
import { ProviderScript, type Scripted, answered, scriptedProvider } from "../../fakes/provider-http.ts"
import { channel } from "./channel.ts"
import { phoneNumberId } from "./samples/webhook.ts"

const media = Effect.map(channel, ({ accounts }) => accounts.get("support")?.media ?? assert.fail("no media"))

const calling = <A, E, R>(use: (media: ChannelMedia) => Effect.Effect<A, E, R>, ...ends: ReadonlyArray<Scripted>) =>
  Effect.gen(function* () {
    const script = yield* ProviderScript
    yield* script.next(...ends)
    const result = yield* Effect.flatMap(media, use)
    return { result, requests: yield* script.sent }
  }).pipe(Effect.scoped, Effect.provide(scriptedProvider))

const text = (bytes: Stream.Stream<Uint8Array, unknown>) =>
  Effect.map(Stream.runCollect(bytes), (chunks) => Buffer.concat(chunks).toString())

const upload = (filename?: string) => (one: ChannelMedia) =>
  one.upload({
    type: "image/png",
    length: 5,
    bytes: Stream.make(new TextEncoder().encode("a\r\n-b")),
    ...(filename === undefined ? {} : { filename })
  })

const url = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2&hash=3"
const found = answered(200, { url, mime_type: "audio/ogg; codecs=opus", sha256: "a", file_size: "3", id: "1" })

describe("uploads to WhatsApp", () => {
  it.effect("an upload is a form of three parts with a known length", () =>
    Effect.gen(function* () {
      const { result, requests } = yield* calling(upload('a"b\r\nc.png'), answered(200, { id: "1037543291543636" }))
      assert.strictEqual(result, "1037543291543636")
      const [request] = requests
      assert.match(request?.url ?? "", new RegExp(`/v25.0/${phoneNumberId}/media\\?appsecret_proof=[0-9a-f]{64}$`))
      const boundary = /^multipart\/form-data; boundary=(comporta-[0-9a-z]{32})$/.exec(
        request?.headers["content-type"] ?? ""
      )?.[1]
      const { length, bytes } = request?.content ?? assert.fail("no content")
      const body = yield* text(bytes)
      assert.strictEqual(
        body,
        [
          `--${boundary}`,
          'content-disposition: form-data; name="messaging_product"',
          "",
          "whatsapp",
          `--${boundary}`,
          'content-disposition: form-data; name="type"',
          "",
          "image/png",
          `--${boundary}`,
          'content-disposition: form-data; name="file"; filename="a%22b%0D%0Ac.png"',
          "content-type: image/png",
          "",
          "a\r\n-b",
          `--${boundary}--`,
          ""
        ].join("\r\n")
      )
      assert.strictEqual(length, Buffer.byteLength(body))
    })
  )

  it.effect.each([
    ["success without an id", answered(200, {}), "ProviderError", "unexpected_answer"],
    ["a wrong file", answered(400, { error: { code: 100 } }), "PayloadError", "100"],
    ["a refused connection", new NotSent({ reason: "refused" }), "InfraError", "network_refused"],
    ["no response", new OutcomeUnknown({ reason: "timeout" }), "ProviderError", "timeout"]
  ] as const)("an upload fails after %s", ([, end, tag, code]) =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(calling(upload(), end))
      assert.deepInclude(failure, { _tag: tag, code })
    })
  )

  it.effect.each([
    ["image/jpeg", 5 * 1024 * 1024, []],
    ["image/jpeg", 5 * 1024 * 1024 + 1, ["content-length"]],
    ["IMAGE/PNG", 6e6, ["content-length"]],
    ["image/webp", 500 * 1024, []],
    ["image/webp", 500 * 1024 + 1, ["content-length"]],
    ["video/mp4", 16 * 1024 * 1024, []],
    ["video/3gpp", 17e6, ["content-length"]],
    ["audio/ogg; codecs=opus", 16 * 1024 * 1024, []],
    ["audio/ogg;codecs=opus", 17e6, ["content-length"]],
    ["application/pdf", 100 * 1024 * 1024, []],
    ["application/pdf", 100 * 1024 * 1024 + 1, ["content-length"]],
    ["application/pdf", 0, ["content-length"]],
    ["", 1, ["content-type"]],
    ["image", 1, ["content-type"]],
    ["image/png\r\nx: y", 1, ["content-type"]],
    ['image/png; a="b\r\nc"', 1, ["content-type"]]
  ] as ReadonlyArray<readonly [type: string, length: number, wrong: Array<string>]>)(
    "an upload of %s and %s bytes is checked before a byte is sent",
    ([type, length, wrong]) =>
      Effect.map(media, ({ check }) =>
        assert.deepStrictEqual(
          check({ type, length }).map(({ path }) => path.join(".")),
          wrong
        )
      )
  )
})

describe("downloads from WhatsApp", () => {
  it.effect("a download requests the URL with a proof, and fetches it with the token", () =>
    Effect.gen(function* () {
      const { result, requests } = yield* calling(
        ({ download }) =>
          Effect.flatMap(download("1"), (medium) => Effect.map(text(medium.bytes), (body) => ({ ...medium, body }))),
        found,
        answered(200, "abc", { "content-length": "3", "content-type": "audio/ogg" })
      )
      assert.deepInclude(result, { type: "audio/ogg; codecs=opus", length: 3, body: "abc" })
      const base = "https://graph.facebook.com/v25.0"
      assert.match(
        requests[0]?.url ?? "",
        new RegExp(`^${base}/1\\?phone_number_id=${phoneNumberId}&appsecret_proof=[0-9a-f]{64}$`)
      )
      assert.strictEqual(requests[1]?.url, url)
      assert.deepStrictEqual(
        requests.map(({ bearer }) => bearer && Redacted.value(bearer)),
        ["whatsapp/support", "whatsapp/support"]
      )
    })
  )

  it.effect("a download with an expired URL requests a new one, once", () =>
    Effect.gen(function* () {
      const gone = answered(404, "")
      const again = yield* calling(({ download }) => download("1"), found, gone, found, answered(200, "abc"))
      assert.strictEqual(again.requests.length, 4)
      const failure = yield* Effect.flip(calling(({ download }) => download("1"), found, gone, found, gone))
      assert.deepInclude(failure, { _tag: "ProviderError", code: "medium_not_delivered", httpStatus: 404 })
    })
  )

  it.effect.each([
    ["100/33", answered(400, { error: { code: 100, error_subcode: 33 } })],
    ["803", answered(404, { error: { code: 803 } })]
  ] as const)("a download of a missing medium fails as `NoSuchMedium` (%s)", ([, end]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(calling(({ download }) => download("1"), end)))._tag, "NoSuchMedium")
    })
  )

  it.effect.each([".", "..", "", "1/../2", "a b", "1?x=y", "%2e%2e", "9".repeat(129)])(
    "a download of %j never reaches the provider",
    (id) =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(calling(({ download }) => download(id))))._tag, "NoSuchMedium")
      })
  )

  it.effect.each([
    "https://evil.example/a",
    "https://fbsbx.com.evil.example/a",
    "https://evilfbsbx.com/a",
    "http://lookaside.fbsbx.com/a",
    "https://lookaside.fbsbx.com:8443/a",
    "https://a:b@lookaside.fbsbx.com/a",
    "file:///etc/passwd",
    "lookaside.fbsbx.com/a"
  ])("a download never sends the token to %s", (elsewhere) =>
    Effect.gen(function* () {
      const end = answered(200, { url: elsewhere, mime_type: "image/png" })
      const script = yield* ProviderScript
      yield* script.next(end)
      const failure = yield* Effect.flip(Effect.scoped(Effect.flatMap(media, ({ download }) => download("1"))))
      assert.deepInclude(failure, { _tag: "ProviderError", code: "foreign_media_host" })
      assert.notInclude(JSON.stringify(failure), "evil")
      assert.strictEqual((yield* script.sent).length, 1)
    }).pipe(Effect.provide(scriptedProvider))
  )

  it("a download may send the token to the configured Graph API", () => {
    const stand = "http://127.0.0.1:9001/graph"
    assert.isTrue(mayHaveToken("http://127.0.0.1:9001/media/1", stand))
    assert.isFalse(mayHaveToken("http://127.0.0.1:9002/media/1", stand))
    assert.isTrue(mayHaveToken("https://scontent.xx.fbcdn.net/a", "https://graph.facebook.com"))
  })

  it.effect.each([
    ["a redirect", answered(302, "", { location: "https://evil.example" }), "medium_redirected"],
    ["a redirect to nowhere", answered(302, ""), "medium_redirected"],
    ["a refusal", answered(403, ""), "medium_not_delivered"],
    ["a page", answered(200, "<html>", { "content-type": "text/html; charset=utf-8" }), "medium_is_other"],
    ["another length", answered(200, "abcd", { "content-length": "4" }), "medium_is_other"],
    ["a failure", answered(500, ""), "medium_not_delivered"],
    ["an unresolvable name", new NotSent({ reason: "dns" }), "network_dns"],
    ["no response", new OutcomeUnknown({ reason: "timeout" }), "timeout"]
  ] as const)("a download fails when its URL leads to %s", ([, end, code]) =>
    Effect.gen(function* () {
      assert.deepInclude(yield* Effect.flip(calling(({ download }) => download("1"), found, end)), { code })
    })
  )

  it.effect("a download follows a few redirects to the provider's own hosts, with the token", () =>
    Effect.gen(function* () {
      const there = answered(302, "", { location: "/cdn?mid=1" })
      const { requests } = yield* calling(({ download }) => download("1"), found, there, answered(200, "abc"))
      assert.strictEqual(requests[2]?.url, "https://lookaside.fbsbx.com/cdn?mid=1")
      assert.strictEqual(requests[2]?.bearer && Redacted.value(requests[2].bearer), "whatsapp/support")
      const failure = yield* Effect.flip(calling(({ download }) => download("1"), found, there, there, there, there))
      assert.deepInclude(failure, { code: "medium_redirected", httpStatus: 302 })
    })
  )

  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  it.effect.each([
    ["the bytes that it described", { file_size: 3, sha256: abc }, true],
    ["bytes of which it says nothing", {}, true],
    ["more bytes", { file_size: 2 }, false],
    ["fewer bytes", { file_size: "4" }, false],
    ["other bytes", { file_size: 3, sha256: abc.replace("b", "c") }, false]
  ] as const)("a download returns %s whole or not at all", ([, more, isComplete]) =>
    Effect.gen(function* () {
      const described = answered(200, { url, mime_type: "image/jpeg", ...more })
      const body = yield* Effect.result(
        calling(
          ({ download }) => Effect.flatMap(download("1"), ({ bytes }) => text(bytes)),
          described,
          answered(200, "abc")
        )
      )
      assert.strictEqual(body._tag, isComplete ? "Success" : "Failure")
    })
  )
})
