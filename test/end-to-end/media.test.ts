import { createHash, randomBytes } from "node:crypto"
import { request } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { bearer, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask, type Asking, deafPort } from "../support/http.ts"
import { mediaProvider } from "../support/media-provider.ts"
import { phoneNumberId } from "../support/webhook.ts"

const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

const started = Effect.gen(function* () {
  const provider = yield* mediaProvider
  const gateway = yield* startGateway({ store: "memory", provider: provider.url })
  const upload = (
    body: Uint8Array,
    type = "image/png",
    query = "connector=whatsapp&account=support",
    more: Asking = {}
  ) =>
    ask(`${gateway.url}/v1/media?${query}`, {
      method: "POST",
      headers: { ...bearer("crm"), "content-type": type },
      body,
      ...more
    })
  const download = (id: string) => gateway.get(`/v1/media/whatsapp/support/${id}`)
  return { provider, gateway, upload, download }
})

/** The bytes of an answer, which `ask` would take for text. */
const bytesAt = (url: string) =>
  Effect.promise(async () => {
    const response = await fetch(url, { headers: bearer("watch") })
    return { response, bytes: Buffer.from(await response.arrayBuffer()) }
  })

describe("media", () => {
  it.live("an upload reaches the provider unchanged, with name and type, and returns the provider's id", () =>
    Effect.gen(function* () {
      const { provider, gateway, upload } = yield* started
      const bytes = randomBytes(3_000_000)
      const { status, json } = yield* upload(
        bytes,
        "image/png",
        "connector=whatsapp&account=support&filename=a%22b.png"
      )
      assert.deepStrictEqual([status, json], [200, { id: "1" }])
      const [one] = provider.uploads.all
      assert.strictEqual(sum(one?.bytes ?? Buffer.alloc(0)), sum(bytes))
      assert.deepInclude(one, {
        authorization: `Bearer ${secrets["whatsapp/support"]}`,
        product: "whatsapp",
        type: "image/png",
        fileType: "image/png"
      })
      assert.match(one?.path ?? "", new RegExp(`^/v25.0/${phoneNumberId}/media\\?appsecret_proof=[0-9a-f]{64}$`))
      assert.isAbove(Number(one?.length), bytes.length)
      const [line] = gateway.log.of("media.uploaded")
      assert.deepStrictEqual([line?.fields.connectorId, line?.fields.accountId, line?.fields.client].map(String), [
        "whatsapp",
        "support",
        "crm"
      ])
    })
  )

  it.live("a download returns a customer's medium byte for byte, with the provider's type and as an attachment", () =>
    Effect.gen(function* () {
      const { provider, gateway } = yield* started
      const bytes = randomBytes(5_000_000)
      provider.has("77", "audio/ogg; codecs=opus", bytes)
      const got = yield* bytesAt(`${gateway.url}/v1/media/whatsapp/support/77`)
      assert.strictEqual(got.response.status, 200)
      assert.strictEqual(sum(got.bytes), sum(bytes))
      const header = (name: string) => got.response.headers.get(name)
      assert.strictEqual(header("content-type"), "audio/ogg; codecs=opus")
      assert.strictEqual(header("content-length"), String(bytes.length))
      assert.strictEqual(header("x-content-type-options"), "nosniff")
      assert.strictEqual(header("content-disposition"), "attachment")
      assert.strictEqual(gateway.log.of("media.downloaded").length, 1)
    })
  )

  it.live("an invalid upload is rejected with its reason before a byte leaves", () =>
    Effect.gen(function* () {
      const { provider, gateway, upload } = yield* started
      const body = new Uint8Array(10)
      const refused = Effect.fnUntraced(function* (asking: ReturnType<typeof upload>) {
        const { status, at } = yield* asking
        return [status, at("code")]
      })
      const as = (key: string) => ({ headers: { authorization: `Bearer ${key}`, "content-type": "image/png" } })
      const other = (query: string) => refused(upload(body, "image/png", query))
      assert.deepStrictEqual(yield* refused(upload(body, "image/png", undefined, as("nobody"))), [401, "unauthorized"])
      assert.deepStrictEqual(yield* refused(upload(body, "image/png", undefined, as(secrets["api/watch"]))), [
        403,
        "forbidden"
      ])
      assert.deepStrictEqual(yield* other("account=support"), [400, "no_account"])
      assert.deepStrictEqual(yield* other("connector=other&account=support"), [404, "unknown_connector"])
      assert.deepStrictEqual(yield* other("connector=whatsapp&account=other"), [404, "unknown_account"])
      assert.deepStrictEqual(yield* refused(upload(body, "image")), [422, "invalid_request"])
      assert.deepStrictEqual(yield* refused(upload(new Uint8Array(600_000), "image/webp")), [422, "invalid_request"])
      const chunked = { headers: { ...bearer("crm"), "transfer-encoding": "chunked" } }
      assert.deepStrictEqual(yield* lengthless(gateway.url, chunked.headers), 411)
      assert.deepStrictEqual(yield* announced(gateway.url, 104_857_601), 413)
      assert.strictEqual(provider.uploads.all.length, 0)
    })
  )

  it.live("a failed upload or download names the side at fault, and may be retried", () =>
    Effect.gen(function* () {
      const { provider, gateway, upload, download } = yield* started
      const body = new Uint8Array(10)
      provider.next({ status: 400, body: { error: { code: 100, message: "a canary" } } })
      const wrong = yield* upload(body)
      assert.deepStrictEqual(
        [wrong.status, wrong.at("code"), wrong.at("failure", "class")],
        [422, "100", "PayloadError"]
      )
      assert.notInclude(wrong.text, "canary")
      provider.next({ status: 401, body: { error: { code: 190 } } })
      assert.strictEqual((yield* upload(body)).status, 502)
      provider.next("drop")
      const lost = yield* upload(body)
      assert.deepStrictEqual([lost.status, lost.at("failure", "certainty")], [502, "unknown"])
      assert.deepStrictEqual((yield* upload(body)).json, { id: "1" })
      assert.strictEqual((yield* download("nothing")).status, 404)
      provider.next({ status: 503, body: {} })
      assert.strictEqual((yield* download("nothing")).status, 502)
      const codes = gateway.log.of("media.failed").map(({ fields }) => fields.failureCode)
      assert.deepStrictEqual(codes, ["100", "190", "connection_lost", "not_found", "server_error"])
      const port = yield* deafPort
      const alone = yield* startGateway({ store: "memory", provider: `http://127.0.0.1:${port}` })
      assert.strictEqual((yield* alone.get("/v1/media/whatsapp/support/1")).status, 503)
    })
  )

  it.live("a page in place of a medium is answered as a failure with the provider's status", () =>
    Effect.gen(function* () {
      const { provider, gateway, download } = yield* started
      provider.has("77", "image/jpeg", randomBytes(1_000))
      provider.next("page")
      const page = yield* download("77")
      assert.deepStrictEqual([page.status, page.at("code")], [502, "medium_is_other"])
      assert.strictEqual(page.at("failure", "providerStatus"), 200)
      const [line] = gateway.log.of("media.failed")
      assert.deepInclude(line?.fields, { failureCode: "medium_is_other", providerStatus: 200 })
    })
  )

  it.live("a download that breaks off is never taken as complete", () =>
    Effect.gen(function* () {
      const { provider, gateway } = yield* started
      provider.has("77", "image/png", randomBytes(200_000))
      provider.next("cut")
      const failed = yield* Effect.flip(ask(`${gateway.url}/v1/media/whatsapp/support/77`, { headers: bearer("crm") }))
      assert.strictEqual(failed._tag, "NoAnswer")
    })
  )

  it.live("concurrent uploads are bounded, and their slots are freed when callers disconnect", () =>
    Effect.gen(function* () {
      const { provider, gateway, upload } = yield* started
      provider.next(...Array.from({ length: 16 }, () => "hang" as const))
      const waiting = yield* Effect.forEach(Array.from({ length: 16 }), () =>
        Effect.forkChild(upload(new Uint8Array(10)), { startImmediately: true })
      )
      yield* provider.hung.until((all) => all.length === 16)
      assert.deepStrictEqual((yield* upload(new Uint8Array(10))).status, 503)
      for (const fiber of waiting) yield* Fiber.interrupt(fiber)
      yield* Effect.repeat(upload(new Uint8Array(10)), { until: ({ status }) => status === 200 })
      assert.isAbove(provider.uploads.all.length, 0)
      assert.strictEqual(gateway.log.of("internal").length, 0)
    })
  )
})

/** Says that a body follows, in pieces. */
const lengthless = (url: string, headers: Readonly<Record<string, string>>) =>
  Effect.callback<number>((resume) => {
    const asking = request(
      `${url}/v1/media?connector=whatsapp&account=support`,
      { method: "POST", headers: { ...headers, "content-type": "image/png" }, agent: false },
      (response) => {
        response.resume()
        resume(Effect.succeed(response.statusCode ?? 0))
      }
    )
    asking.on("error", () => undefined)
    asking.end("abc")
  })

/** Says how many bytes would follow, and sends none of them. */
const announced = (url: string, length: number) =>
  Effect.callback<number>((resume) => {
    const asking = request(
      `${url}/v1/media?connector=whatsapp&account=support`,
      {
        method: "POST",
        headers: { ...bearer("crm"), "content-type": "application/pdf", "content-length": length },
        agent: false
      },
      (response) => {
        response.resume()
        resume(Effect.succeed(response.statusCode ?? 0))
        asking.destroy()
      }
    )
    asking.on("error", () => undefined)
    asking.flushHeaders()
  })
