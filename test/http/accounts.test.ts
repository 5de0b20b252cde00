import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Channels } from "../../src/connector/channel.ts"
import { IntentId } from "../../src/domain/ids.ts"
import { accountRefs } from "../../src/outbound/accounts/account-states.ts"
import { Accounts } from "../../src/outbound/accounts/accounts.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { RecordedLog } from "../fakes/log.ts"
import { api, baseLayer } from "./harness.ts"

const front = { connector: "fixture", account: "front" }
const back = { connector: "fixture", account: "back" }
const path = "/v1/accounts/fixture/front"

/** A credential of `front` was refused. */
const refused = Effect.gen(function* () {
  const accounts = yield* Accounts
  const channel = (yield* Channels).get("fixture")
  const account = channel?.accounts.get("front")
  if (channel === undefined || account === undefined) return yield* Effect.die(new Error("no fixture"))
  const ref = accountRefs(yield* IdHash)(channel, account)
  const call = {
    intentId: IntentId.make(`int_${"0".repeat(32)}`),
    succeeded: 0,
    health: "good",
    payAgain: false
  } as const
  yield* accounts.report({ ...ref, ...call, code: "190", pause: { why: "auth" } })
})

describe("G27 accounts API", () => {
  it.effect("the API lists accounts with the state that all replicas see", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const ok = {
        accounts: [
          { ...front, state: "ok" },
          { ...back, state: "ok" }
        ]
      }
      assert.deepStrictEqual<unknown>((yield* ask("/v1/accounts", {}, "key-reader")).body, ok)
      yield* refused
      assert.deepStrictEqual<unknown>((yield* ask("/v1/accounts", {}, "key-reader")).body, {
        accounts: [
          { ...front, state: "paused", why: "auth", since: 0, code: "190" },
          { ...back, state: "ok" }
        ]
      })
      assert.strictEqual((yield* ask("/v1/accounts", {}, "key-sender")).status, 403)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an operator resumes an account, and the audit log names the operator", () =>
    Effect.gen(function* () {
      const ask = yield* api
      yield* refused
      const reason = JSON.stringify({ reason: "canary: put right" })
      const resumed = yield* ask(`${path}/resume`, { method: "POST", body: reason }, "key-all")
      assert.deepStrictEqual<unknown>([resumed.status, resumed.body], [200, { ...front, state: "ok" }])
      assert.strictEqual((yield* ask(`${path}/resume`, { method: "POST" }, "key-all")).status, 200)
      const { body } = yield* ask("/v1/audit", {}, "key-all")
      assert.containSubset(body, {
        entries: [
          { by: "all", action: "account.resume", subject: "fixture/front" },
          { by: "all", action: "account.resume", subject: "fixture/front", reason: "canary: put right" }
        ]
      })
      const log = yield* RecordedLog
      const resumedAccounts = log
        .of("account.resumed")
        .map(({ fields }) => [fields.connectorId, fields.accountId, fields.why])
      assert.deepStrictEqual<unknown>(resumedAccounts, [["fixture", "front", "auth"]])
      assert.notInclude(JSON.stringify(log.lines), "canary")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an operator pauses an account until it is resumed", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const paused = yield* ask(`${path}/pause`, { method: "POST" }, "key-all")
      assert.deepStrictEqual<unknown>(paused.body, { ...front, state: "paused", why: "operator", since: 0 })
      assert.containSubset((yield* ask("/v1/accounts", {}, "key-reader")).body, { accounts: [{ why: "operator" }] })
      const { text } = yield* ask("/metrics")
      assert.include(text, 'comporta_account_paused{connector="fixture",account="front"} 1')
      assert.include(text, 'comporta_account_paused{connector="fixture",account="back"} 0')
      assert.lengthOf((yield* RecordedLog).of("account.paused"), 1)
      yield* ask(`${path}/resume`, { method: "POST" }, "key-all")
      const { body } = yield* ask("/v1/accounts", {}, "key-reader")
      assert.containSubset(body, { accounts: [{ state: "ok" }, { state: "ok" }] })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API rejects unknown accounts, wrong bodies and callers without the scope, and changes nothing", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const post = (where: string, body?: string, key = "key-all") =>
        Effect.map(
          ask(`/v1/accounts/${where}`, { method: "POST", ...(body === undefined ? {} : { body }) }, key),
          ({ status }) => status
        )
      assert.strictEqual(yield* post("fixture/nobody/resume"), 404)
      assert.strictEqual(yield* post("nothing/front/resume"), 404)
      assert.strictEqual(yield* post("fixture/front/pause", '{"why":"x"}'), 422)
      assert.strictEqual(yield* post("fixture/front/pause", "{"), 422)
      assert.strictEqual(yield* post("fixture/nobody/pause", undefined, "key-reader"), 403)
      assert.strictEqual(yield* post("fixture/front/pause", undefined, "key-reader"), 403)
      const { body } = yield* ask("/v1/accounts", {}, "key-reader")
      assert.containSubset(body, { accounts: [{ state: "ok" }, { state: "ok" }] })
      assert.deepStrictEqual((yield* ask("/v1/audit", {}, "key-all")).body["entries"], [])
    }).pipe(Effect.provide(baseLayer))
  )
})
