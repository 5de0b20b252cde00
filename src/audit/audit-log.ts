import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../domain/failure.ts"

const entry = {
  by: Schema.NonEmptyString.annotate({
    description: "Names the API key that the operator used, by its id in the configuration."
  }),
  action: Schema.String.check(Schema.isPattern(/^[a-z_]+\.[a-z_]+$/)).annotate({
    description: "Names the action, such as `intent.resolve` or `event.redrive`."
  }),
  subject: Schema.String.annotate({
    description:
      "Names the object of the action: an id of the gateway, configured names, or a filter. It never holds an id from outside."
  }),
  /** It may name a person, so the store holds it encrypted. */
  reason: Schema.optionalKey(
    Schema.String.annotate({
      description: "States the reason in the operator's own words. Absent when the operator gave none."
    })
  )
}

/** One action of an operator, before it is recorded. */
export const AuditEntry = Schema.Struct(entry)
export type AuditEntry = typeof AuditEntry.Type

/** A recorded action; `at` in milliseconds of the store's clock. */
export const AuditRecord = Schema.Struct({
  at: Schema.Finite.annotate({ description: "Time of the record, in milliseconds of the store's clock." }),
  ...entry
}).annotate({ description: "Records one action of an operator. The gateway writes it before it performs the action." })
export type AuditRecord = typeof AuditRecord.Type

/** Milliseconds that a record stays. */
export const auditRetention = 400 * 86_400_000

/** Query of a page. `cursor` is the `next` of an earlier page. */
export interface AuditQuery {
  readonly limit: number
  readonly cursor?: string
}

/** Returns true for a cursor: milliseconds, and a number within them. */
export const isAuditCursor = (cursor: string): boolean => /^\d{1,15}-\d{1,9}$/.test(cursor)

/**
 * Audit log of operators' actions. An action is recorded before it is performed; one that cannot be recorded is not
 * performed.
 */
export class AuditLog extends Context.Service<
  AuditLog,
  {
    readonly append: (entry: AuditEntry) => Effect.Effect<void, InfraError>
    /** Lists records, newest first. */
    readonly list: (
      query: AuditQuery
    ) => Effect.Effect<{ readonly entries: ReadonlyArray<AuditRecord>; readonly next?: string }, InfraError>
  }
>()("comporta/partition/AuditLog") {}
