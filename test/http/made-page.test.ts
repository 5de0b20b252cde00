import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { madePage, pageResponse } from "../../src/http/server/made-page.ts"

const text = "<!doctype html>é".repeat(100)
const made = madePage("text/html; charset=utf-8", new TextEncoder().encode(text))

describe("prebuilt page", () => {
  it.effect("the page is served with type, ETag and cache lifetime, from the same bytes each time", () =>
    Effect.gen(function* () {
      const page = yield* made
      const { status, headers, body } = pageResponse(page, {})
      assert.strictEqual(status, 200)
      assert.strictEqual(Buffer.from(body).toString(), text)
      assert.match(headers["etag"] ?? "", /^"[0-9a-f]{32}"$/)
      assert.strictEqual(headers["cache-control"], "public, max-age=300")
      assert.strictEqual(headers["content-type"], "text/html; charset=utf-8")
      assert.strictEqual(pageResponse(page, {}).body, body)
    })
  )

  it.effect("the page is served compressed to callers that accept gzip, under an ETag of its own", () =>
    Effect.gen(function* () {
      const page = yield* made
      for (const accepted of ["gzip", "br, GZIP;q=0.5", "deflate,gzip ; q=1", "gzip;q=0.001"]) {
        const { headers, body } = pageResponse(page, { "accept-encoding": accepted })
        assert.strictEqual(headers["content-encoding"], "gzip", accepted)
        assert.strictEqual(headers["vary"], "accept-encoding")
        assert.notStrictEqual(headers["etag"], pageResponse(page, {}).headers["etag"])
        assert.strictEqual(gunzipSync(body).toString(), text)
      }
      for (const accepted of ["", "identity", "br", "gzip;q=0", "gzip; q=0.0, br", "xgzip"]) {
        assert.isUndefined(pageResponse(page, { "accept-encoding": accepted }).headers["content-encoding"], accepted)
      }
    })
  )

  it.effect("the page is answered 304 without a body to a caller that has it", () =>
    Effect.gen(function* () {
      const page = yield* made
      const etag = pageResponse(page, {}).headers["etag"] ?? ""
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const { status, headers, body } = pageResponse(page, { "if-none-match": known })
        assert.strictEqual(status, 304, known)
        assert.strictEqual(headers["etag"], etag)
        assert.lengthOf(body, 0)
      }
      assert.strictEqual(pageResponse(page, { "if-none-match": '"other"' }).status, 200)
      assert.strictEqual(pageResponse(page, { "if-none-match": etag, "accept-encoding": "gzip" }).status, 200)
    })
  )
})
