import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { AuditLog, isAuditCursor } from "../../src/audit/audit-log.ts"

/** Defines the tests that every audit log must pass. `layer` returns a fresh, empty one at each call. */
export const auditLogContract = (name: string, layer: () => Layer.Layer<AuditLog, unknown>) => {
  describe(`audit log in ${name}`, () => {
    it.effect("the audit log lists its entries page by page, newest first", () =>
      Effect.gen(function* () {
        const audit = yield* AuditLog
        for (const n of [1, 2, 3, 4, 5]) {
          yield* audit.append({ by: "crm", action: "event.redrive", subject: `evt_${n}` })
        }
        const subjects: Array<string> = []
        let cursor: string | undefined
        do {
          const page = yield* audit.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) })
          subjects.push(...page.entries.map(({ subject }) => subject))
          cursor = page.next
          if (cursor !== undefined) assert.isTrue(isAuditCursor(cursor))
        } while (cursor !== undefined)
        assert.deepStrictEqual(subjects, ["evt_5", "evt_4", "evt_3", "evt_2", "evt_1"])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the audit log keeps actor, action, reason and time of an entry unchanged", () =>
      Effect.gen(function* () {
        const audit = yield* AuditLog
        const entry = { by: "crm", action: "intent.resolve", subject: "int_1", reason: "the customer phoned: ç" }
        yield* audit.append(entry)
        const { entries, next } = yield* audit.list({ limit: 10 })
        assert.isUndefined(next)
        assert.lengthOf(entries, 1)
        assert.deepInclude(entries[0], entry)
        assert.isNumber(entries[0]?.at)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("an empty audit log lists no entries", () =>
      Effect.gen(function* () {
        const audit = yield* AuditLog
        assert.deepStrictEqual(yield* audit.list({ limit: 10 }), { entries: [] })
      }).pipe(Effect.provide(layer()))
    )
  })
}
