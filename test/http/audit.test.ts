import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Subject from "../../src/http/api/operate.ts"
import { CurrentClient } from "../../src/http/auth/api-keys.ts"
import { operate } from "../../src/http/api/operate.ts"
import { AuditLog } from "../../src/audit/audit-log.ts"
import { InfraError } from "../../src/domain/failure.ts"
import { RecordedLog } from "../fakes/log.ts"
import { eventIdOf } from "../inbound/harness.ts"
import { api, baseLayer } from "./harness.ts"

const operator = { id: "crm", namespace: "crm", scopes: ["operate"] } as const
const away = new InfraError({ code: "store_unavailable", operation: "x", certainty: "unknown", transient: true })
const deaf = Layer.mock(AuditLog)({ append: () => Effect.fail(away) })

describe("audit of operators", () => {
  const done: Array<string> = []
  const act = operate(
    { action: "event.redrive", subject: Subject.ofId(eventIdOf(1)), reason: "canary" },
    Effect.sync(() => done.push("done"))
  )

  it.effect("an operator's action is audited before it is done, and logged without its reason", () =>
    Effect.gen(function* () {
      yield* act.pipe(Effect.provideService(CurrentClient, operator))
      assert.deepStrictEqual(done, ["done"])
      const ask = yield* api
      const { body } = yield* ask("/v1/audit", {}, "key-all")
      assert.containSubset(body, { entries: [{ by: "crm", action: "event.redrive", subject: eventIdOf(1) }] })
      const log = yield* RecordedLog
      assert.lengthOf(log.of("operator.acted"), 1)
      assert.notInclude(JSON.stringify(log.lines), "canary")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an operator's action is not done when the audit log cannot record it", () =>
    Effect.gen(function* () {
      done.length = 0
      const problem = yield* act.pipe(Effect.provideService(CurrentClient, operator), Effect.provide(deaf), Effect.flip)
      assert.deepInclude(problem, { status: 503, code: "store_unavailable" })
      assert.deepStrictEqual(done, [])
      assert.deepStrictEqual((yield* AuditLog.use((audit) => audit.list({ limit: 1 }))).entries, [])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API lists the audit log for operators alone, in pages", () =>
    Effect.gen(function* () {
      const ask = yield* api
      assert.strictEqual((yield* ask("/v1/audit", {}, "key-reader")).status, 403)
      assert.strictEqual((yield* ask("/v1/audit?limit=0", {}, "key-all")).status, 400)
      assert.strictEqual((yield* ask("/v1/audit?cursor=x", {}, "key-all")).status, 400)
    }).pipe(Effect.provide(baseLayer))
  )
})
