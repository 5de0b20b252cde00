import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe as describeApi } from "../../src/http/api/described.ts"
import { requestClassifier, type RequestHead } from "../../src/http/server/request-classifier.ts"
import type { BytesResponse, PlainResponse } from "../../src/http/server/response.ts"
import { RecordedLog } from "../fakes/log.ts"
import { baseLayer } from "./harness.ts"

const sorted = Effect.gen(function* () {
  const sort = yield* requestClassifier(yield* describeApi)
  const laneOf = (url: string, head: Partial<RequestHead> = {}) =>
    sort({ method: "GET", headers: {}, ...head, url }).lane
  const answerTo = (url: string, head: Partial<RequestHead> = {}) =>
    Effect.callback<PlainResponse | BytesResponse>((resume) => {
      const to = sort({ method: "GET", headers: {}, ...head, url })
      if (to.lane !== "api") to.reply((response) => resume(Effect.succeed(response)))
    })
  return { laneOf, answerTo }
})

const known = { headers: { authorization: "Bearer key-nobody" } }

describe("requests other than webhooks", () => {
  it.live("G50 a request enters the API lane only with a known key", () =>
    Effect.gen(function* () {
      const { laneOf, answerTo } = yield* sorted
      for (const url of ["/v1/events", "/v1/events?limit=1", "http://gateway/v1/events", "/v1/nothing/here"]) {
        assert.strictEqual(laneOf(url, known), "api", url)
        assert.strictEqual(laneOf(url), "refusal", url)
        assert.strictEqual(laneOf(url, { headers: { authorization: "Bearer key-nobod" } }), "refusal", url)
        assert.strictEqual((yield* answerTo(url)).status, 401, url)
      }
      assert.lengthOf((yield* RecordedLog).of("api.refused"), 4)
    }).pipe(Effect.scoped, Effect.provide(baseLayer))
  )

  it.live("a request enters the API lane only in the one spelling of a path that a proxy would judge", () =>
    Effect.gen(function* () {
      const { laneOf } = yield* sorted
      const respelled = [
        "/v1//audit",
        "/v1/audit/",
        "/v1/%61udit",
        "/v1/audit;x",
        "/v1/audit#x",
        "/v1/./audit",
        "/v1/x/../audit"
      ]
      for (const url of [...respelled, "/v1/x/..", "/v1/a\\audit", "http://gateway//v1/audit", "/v1/%5faudit"]) {
        assert.strictEqual(laneOf(url, known), "refusal", url)
      }
      for (const url of ["/v1/audit?from=//x", "/v1/media/whatsapp/a/1%2F2%3A3", "/v1/events/evt_1..2"]) {
        assert.strictEqual(laneOf(url, known), "api", url)
      }
    }).pipe(Effect.scoped, Effect.provide(baseLayer))
  )

  it.live("G50 a request to an unknown address is answered 404 without a slot of the API", () =>
    Effect.gen(function* () {
      const { laneOf, answerTo } = yield* sorted
      const nowhere = [
        "/",
        "*",
        "",
        "//v1/audit",
        "/v1",
        "/V1/events",
        "/docs/",
        "/%76%31/events",
        "/livez/x",
        "/../v1/events"
      ]
      for (const url of nowhere) {
        assert.strictEqual(laneOf(url, known), "refusal", url)
        assert.strictEqual((yield* answerTo(url)).status, 404, url)
      }
      for (const method of ["POST", "DELETE", "TRACE", "OPTIONS"]) {
        assert.strictEqual((yield* answerTo("/livez", { method })).status, 404, method)
      }
    }).pipe(Effect.scoped, Effect.provide(baseLayer))
  )

  it.live("G50 requests for health, metrics and pages have lanes of their own", () =>
    Effect.gen(function* () {
      const { laneOf, answerTo } = yield* sorted
      for (const url of ["/livez", "/readyz?verbose", "/metrics", "http://gateway:8080/livez"]) {
        assert.strictEqual(laneOf(url), "probe", url)
      }
      for (const url of ["/docs", "/openapi.json"]) assert.strictEqual(laneOf(url, { method: "HEAD" }), "page", url)
      assert.strictEqual((yield* answerTo("/livez")).status, 200)
      assert.strictEqual((yield* answerTo("/readyz")).status, 503)
      const metrics = yield* answerTo("/metrics")
      assert.match(String(metrics.body), /comporta_events_received_total 0/)
      const openApi = yield* answerTo("/openapi.json")
      assert.strictEqual(JSON.parse(Buffer.from(openApi.body).toString()).info.title, "Comporta")
      assert.strictEqual((yield* answerTo("/openapi.json")).body, openApi.body)
    }).pipe(Effect.scoped, Effect.provide(baseLayer))
  )
})
