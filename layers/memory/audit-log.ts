import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuditLog, type AuditRecord, auditRetention } from "../../src/audit/audit-log.ts"

const orderOf = (cursor: string) => Number(cursor.split("-")[1])

/** Audit log in memory, lost with the process. */
export const layer: Layer.Layer<AuditLog> = Layer.sync(AuditLog, () => {
  let records: Array<AuditRecord & { readonly order: number }> = []
  let order = 0
  return AuditLog.of({
    append: (entry) =>
      Effect.map(Clock.currentTimeMillis, (at) => {
        records = records.filter((record) => record.at > at - auditRetention)
        records.push({ at, order: ++order, ...entry })
      }),
    list: ({ limit, cursor }) =>
      Effect.sync(() => {
        const older = cursor === undefined ? records : records.filter((one) => one.order < orderOf(cursor))
        const page = older.slice(-limit).toReversed()
        const last = page.at(-1)
        const entries = page.map(({ order: _order, ...record }) => record)
        return last === undefined || older.length <= page.length
          ? { entries }
          : { entries, next: `${last.at}-${last.order}` }
      })
  })
})
