import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer } from "../../../layers/redis/audit-log.ts"
import { RedisStore } from "../../../layers/redis/client.ts"
import * as Deployment from "../../../layers/redis/deployment/deployment.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import { AuditLog } from "../../../src/audit/audit-log.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { freshStore } from "../../support/fresh-store.ts"

const stored = () =>
  layer.pipe(
    Layer.provideMerge(Deployment.layer({ environment: "local" })),
    Layer.provideMerge(freshStore()),
    Layer.provideMerge(testSealer)
  )

describe("audit log in Redis", () => {
  it.effect("I7 the audit log is stored sealed", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const audit = yield* AuditLog
      yield* audit.append({ by: "crm", action: "intent.resolve", subject: "int_1", reason: "canary-15550102030" })
      const found = yield* store.command("XRANGE", keysOf(store.prefix, 0).of("audit"), "-", "+")
      assert.notInclude(JSON.stringify(found), "canary")
    }).pipe(Effect.provide(stored()))
  )
})
