import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../domain/failure.ts"

const entry = {
  /** The id of the API key that acted. */
  by: Schema.NonEmptyString,
  /** What was done: `intent.resolve`, `event.redrive`. */
  action: Schema.String.check(Schema.isPattern(/^[a-z_]+\.[a-z_]+$/)),
  /** What it was done to: an id of ours, the names of a connector and an account, or a filter. Never an id from outside. */
  subject: Schema.String,
  /** The operator's own words; may name a person, so it rests sealed. */
  reason: Schema.optionalKey(Schema.String)
}

/** One action of an operator, as it is asked for. */
export const AuditEntry = Schema.Struct(entry)
export type AuditEntry = typeof AuditEntry.Type

/** The same, as it was noted; `at` in milliseconds of the store's clock. */
export const AuditRecord = Schema.Struct({ at: Schema.Finite, ...entry })
export type AuditRecord = typeof AuditRecord.Type

/** Milliseconds that a record stays. */
export const auditRetention = 400 * 86_400_000

/** `cursor` is what an earlier page gave as `next`. */
export interface AuditQuery {
  readonly limit: number
  readonly cursor?: string
}

/** The shape of a cursor: milliseconds and a number within them. */
export const isAuditCursor = (cursor: string): boolean => /^\d{1,15}-\d{1,9}$/.test(cursor)

/** What operators did. An action is noted before it is done: one that cannot be noted is not done. */
export class AuditLog extends Context.Service<
  AuditLog,
  {
    readonly append: (entry: AuditEntry) => Effect.Effect<void, InfraError>
    /** Newest first. */
    readonly list: (
      query: AuditQuery
    ) => Effect.Effect<{ readonly entries: ReadonlyArray<AuditRecord>; readonly next?: string }, InfraError>
  }
>()("comporta/partition/AuditLog") {}
