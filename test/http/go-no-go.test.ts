import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Json } from "../../src/domain/json.ts"
import { channels, now, seenAt } from "../gate/genuine.ts"
import { goNoGoWith } from "../readiness/installed.ts"
import { provenStaging, sections, stagingDeployment } from "../readiness/staging.ts"
import { api, baseLayer } from "./harness.ts"

const hour = 3_600_000
const staging = Layer.provideMerge(provenStaging, baseLayer)

const listOf = (value: Json | undefined): ReadonlyArray<Readonly<Record<string, Json>>> =>
  Array.isArray(value) ? value : []

describe("go-no-go API", () => {
  it.effect("G41 a release of which everything was seen is GO, and every row says until when", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const { status, body } = yield* ask("/v1/go-no-go", {}, "key-reader")
      assert.strictEqual(status, 200)
      const open = listOf(body["rows"]).filter(({ state }) => state !== "GO")
      assert.deepStrictEqual(open, [])
      assert.deepInclude(body, { state: "GO", exitCode: 0, environment: "staging", rehearsal: false, at: now })
      const credential = listOf(body["rows"]).find(({ row }) => row === "1.1.3")
      assert.deepInclude(credential, { at: seenAt, until: seenAt + 24 * hour })
    }).pipe(Effect.provide(staging))
  )

  it.effect("a release is GO a second before the first age ends, and NO-GO a second after", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const end = seenAt + 24 * hour
      const at = (time: number | string) =>
        Effect.map(ask(`/v1/go-no-go?at=${time}`, {}, "key-reader"), ({ body }) => body)
      assert.deepInclude(yield* at(end - 1_000), { state: "GO", exitCode: 0, at: end - 1_000 })
      assert.deepInclude(yield* at(DateTime.formatIso(DateTime.makeUnsafe(end - 1_000))), {
        state: "GO",
        at: end - 1_000
      })
      const late = yield* at(end + 1_000)
      assert.deepInclude(late, { state: "NO-GO", exitCode: 1 })
      const stale = listOf(late["rows"]).find(({ row }) => row === "1.1.3")
      assert.deepInclude(stale, { state: "NO-GO", cause: "stale", alone: false })
      const { status, body } = yield* ask("/v1/go-no-go?at=tomorrow", {}, "key-reader")
      assert.deepStrictEqual([status, body["code"]], [400, "invalid_time"])
    }).pipe(Effect.provide(staging))
  )

  it.effect("an empty store without connectors is NO-GO in every row, with the exit code of a rehearsal in local", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const { body } = yield* ask("/v1/go-no-go", {}, "key-reader")
      const rows = listOf(body["rows"])
      assert.isAbove(rows.length, 35)
      const known = rows.filter(({ state, row }) => state === "SEEN" && !String(row).startsWith("5.1"))
      assert.deepStrictEqual(known, [])
      assert.deepInclude(body, { state: "NO-GO", exitCode: 3, rehearsal: true, environment: "local" })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    "an empty store in staging is NO-GO with exit code 1: without connectors, without capabilities, and with both",
    () =>
      Effect.gen(function* () {
        const bare = channels.map((channel) => ({ ...channel, capabilities: [], media: [] }))
        for (const given of [{}, { channels: bare }, { channels }, { channels, sections }]) {
          const empty = Layer.provideMerge(Layer.provideMerge(goNoGoWith(given), stagingDeployment), baseLayer)
          const { body } = yield* Effect.flatMap(api, (ask) => ask("/v1/go-no-go", {}, "key-reader")).pipe(
            Effect.provide(Layer.fresh(empty))
          )
          assert.deepInclude(body, { state: "NO-GO", exitCode: 1, rehearsal: false })
          const go = listOf(body["rows"]).filter(({ state, row }) => state === "GO" && !String(row).startsWith("5.1"))
          assert.deepStrictEqual(go, [])
          const said = listOf(body["rows"]).find(({ row }) => row === "1.3.1")?.["said"]
          assert.include(JSON.stringify(said), "expected `trust` and `build` in the configuration, found none")
        }
      })
  )

  it.effect("the export needs a recorder, and is signed with its key", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const { status, text, headers } = yield* ask("/v1/go-no-go/export", {}, "key-reader")
      assert.strictEqual(status, 200)
      assert.include(headers.get("content-type"), "application/vnd.dsse.envelope.v1+json")
      assert.include(text, "application/vnd.comporta.evidence+json")
      for (const secret of ["key-all", "PRIVATE KEY", "5511"]) assert.notInclude(text, secret)
      const { body } = yield* Effect.provide(
        Effect.flatMap(api, (local) => local("/v1/go-no-go/export", {}, "key-reader")),
        baseLayer
      )
      assert.strictEqual(body["code"], "no_recorder")
    }).pipe(Effect.provide(staging))
  )

  it.effect("the API judges for readers alone", () =>
    Effect.gen(function* () {
      const ask = yield* api
      for (const path of ["/v1/go-no-go", "/v1/go-no-go/export"]) {
        assert.strictEqual((yield* ask(path)).status, 401)
        assert.strictEqual((yield* ask(path, {}, "key-nobody")).status, 403)
        assert.strictEqual((yield* ask(path, {}, "key-sender")).status, 403)
      }
    }).pipe(Effect.provide(baseLayer))
  )
})
