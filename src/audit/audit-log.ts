import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../domain/failure.ts"

const entry = {
  /** Id of the API key that acted. */
  by: Schema.NonEmptyString,
  /** Action: `intent.resolve`, `event.redrive`. */
  action: Schema.String.check(Schema.isPattern(/^[a-z_]+\.[a-z_]+$/)),
  /**
   * Object of the action: an id of the gateway, the names of a connector and an account, or a filter. Never an id from
   * outside.
   */
  subject: Schema.String,
  /** The operator's own words. They may name a person, so they are sealed in the store. */
  reason: Schema.optionalKey(Schema.String)
}

/** One action of an operator, before it is recorded. */
export const AuditEntry = Schema.Struct(entry)
export type AuditEntry = typeof AuditEntry.Type

/** A recorded action; `at` in milliseconds of the store's clock. */
export const AuditRecord = Schema.Struct({ at: Schema.Finite, ...entry })
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
