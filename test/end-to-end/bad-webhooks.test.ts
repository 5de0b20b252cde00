import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask, spoken } from "../support/http.ts"
import { bytesOf, messages, signature, text } from "../support/webhook.ts"

const limit = 3 * 1_048_576
const signed = (bytes: Uint8Array) => signature(secrets["meta/app-secret"], bytes)

const head = (length: number, signedAs: string) =>
  `POST /webhooks/whatsapp HTTP/1.1\r\nhost: gateway\r\ncontent-length: ${length}\r\nx-hub-signature-256: ${signedAs}\r\n\r\n`

/** A text padded with spaces behind it to exactly `length` bytes. */
const padded = (id: string, length: number) => {
  const bytes = Buffer.alloc(length, " ")
  bytes.set(bytesOf(messages(text(id))))
  return bytes
}

describe("invalid webhooks", () => {
  it.live("a signed webhook is quarantined when it is no JSON: invalid UTF-8, deep nesting or empty", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway()
      const bodies: ReadonlyArray<readonly [what: string, bytes: Uint8Array]> = [
        ["invalid UTF-8", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])],
        ["lists 100,000 deep", Buffer.from("[".repeat(100_000) + "]".repeat(100_000))],
        ["objects 100,000 deep", Buffer.from('{"a":'.repeat(100_000) + "1" + "}".repeat(100_000))],
        ["broken off", Buffer.from('{"object":"whatsapp_business_account","entry":[')],
        ["empty", Buffer.alloc(0)],
        ["a number", Buffer.from("7")],
        ["null", Buffer.from("null")],
        ["an empty object", Buffer.from("{}")],
        ["a zero byte", Buffer.from([0])]
      ]
      for (const [what, bytes] of bodies) {
        const answer = yield* gateway.deliver(bytes)
        assert.strictEqual(answer.status, 200, what)
        assert.deepStrictEqual(answer.json, { admitted: 0, deduped: 0, quarantined: 1 }, what)
        assert.deepStrictEqual((yield* gateway.deliver(bytes)).json, { admitted: 0, deduped: 1, quarantined: 0 }, what)
      }
      const counts = yield* gateway.counts
      assert.isTrue(conserves(counts))
      assert.deepInclude(counts, { received: 18, quarantined: 9, deduped: 9 })
      const codes = new Set(gateway.log.of("inbound.quarantined").map(({ fields }) => fields.failureCode))
      assert.deepStrictEqual([...codes], ["payload"])
    })
  )

  it.live("a webhook of exactly 3 MiB is admitted whole and once, whatever its content", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway()
      const blank = messages(text("wamid.long", { text: { body: "" } }))
      const long = messages(text("wamid.long", { text: { body: "x".repeat(limit - bytesOf(blank).length) } }))
      const many = messages(...Array.from({ length: 1_000 }, (_, n) => text(`wamid.m${n}`)))
      assert.strictEqual(bytesOf(long).length, limit)
      assert.deepInclude((yield* gateway.deliver(padded("wamid.p", limit))).json, { admitted: 1 })
      assert.deepInclude((yield* gateway.deliver(long)).json, { admitted: 1 })
      assert.deepInclude((yield* gateway.deliver(many)).json, { admitted: 1_000 })
      assert.deepInclude((yield* gateway.deliver(Buffer.alloc(limit, 0xff))).json, { quarantined: 1 })
      assert.isTrue(conserves(yield* gateway.counts))
    })
  )

  it.live("a webhook one byte larger than 3 MiB is answered 413, with and without Content-Length", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      const bytes = padded("wamid.p", limit + 1)
      const declared = yield* gateway.deliver(bytes)
      assert.strictEqual(declared.status, 413)
      assert.strictEqual(declared.at("code"), "too_large")
      const chunked = yield* spoken(
        gateway.url,
        [
          `POST /webhooks/whatsapp HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nx-hub-signature-256: ${signed(bytes)}\r\n\r\n`,
          `${bytes.length.toString(16)}\r\n`,
          bytes,
          "\r\n0\r\n\r\n"
        ],
        "stay"
      )
      assert.match(chunked, /^HTTP\/1\.1 413 /)
      assert.include(chunked, '"code":"too_large"')
      const far = yield* gateway.deliver(Buffer.alloc(5 * limit))
      assert.strictEqual(far.status, 413)
      assert.strictEqual((yield* gateway.counts).received, 0)
      assert.strictEqual((yield* gateway.deliver(messages(text("wamid.after")))).status, 200)
    })
  )

  it.live("a webhook whose sender disconnects halfway leaves nothing behind", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      const bytes = bytesOf(messages(text("wamid.cut")))
      for (const end of ["finish", "destroy"] as const) {
        const answer = yield* spoken(gateway.url, [head(bytes.length, signed(bytes)), bytes.subarray(0, 20)], end)
        assert.notMatch(answer, /^HTTP\/1\.1 200/)
      }
      assert.strictEqual((yield* gateway.counts).received, 0)
      assert.deepInclude((yield* gateway.deliver(bytes)).json, { admitted: 1 })
    })
  )

  it.live("a webhook whose body arrives too slowly is answered 408", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      const bytes = bytesOf(messages(text("wamid.slow")))
      const answer = yield* spoken(gateway.url, [head(bytes.length, signed(bytes)), bytes.subarray(0, 20)], "stay")
      assert.match(answer, /^HTTP\/1\.1 408 /)
      assert.include(answer, '"code":"timeout"')
      assert.strictEqual((yield* gateway.counts).received, 0)
    })
  )

  it.live("a webhook is answered 404 for an unknown connector, and 405 for another method", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      const bytes = bytesOf(messages(text("wamid.lost")))
      const headers = { "x-hub-signature-256": signed(bytes) }
      for (const name of ["telegram", "", "whatsapp//", "__proto__", "constructor", "whatsapp%2f", "..%2fv1"]) {
        const answer = yield* ask(`${gateway.url}/webhooks/${name}`, { method: "POST", headers, body: bytes })
        assert.strictEqual(answer.status, 404, name)
        assert.strictEqual(answer.headers["content-type"], "application/problem+json", name)
      }
      for (const method of ["PUT", "DELETE", "PATCH"]) {
        const answer = yield* ask(`${gateway.url}/webhooks/whatsapp`, { method, headers, body: bytes })
        assert.strictEqual(answer.status, 405, method)
        assert.strictEqual(answer.headers["allow"], "GET, POST")
      }
      assert.strictEqual((yield* gateway.counts).received, 0)
    })
  )

  it.live("a request is answered 400 when it is no HTTP, and 431 when its head is too large", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      const garbage = yield* spoken(gateway.url, ["not http at all\r\n\r\n"], "stay")
      assert.match(garbage, /^HTTP\/1\.1 400 /)
      assert.include(garbage, "application/problem+json")
      const large = yield* spoken(
        gateway.url,
        [`GET /livez HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(40_000)}\r\n\r\n`],
        "stay"
      )
      assert.match(large, /^HTTP\/1\.1 431 /)
      assert.strictEqual((yield* gateway.get("/livez")).status, 200)
    })
  )
})
