import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { FailureReport, InfraError } from "../../domain/failure.ts"
import { IntentId } from "../../domain/ids.ts"
import { type IntentRecord, IntentState, Verdict } from "../../domain/intent.ts"
import { IntentLedger, type ResolveAnswer } from "../ledger/intent-ledger.ts"

const Reason = Schema.NonEmptyString.check(Schema.isMaxLength(500)).annotate({
  description: "States how the operator knows, in at most 500 characters. The audit log stores it encrypted."
})

/** Verdict of an operator about one doubt or dispute. */
export const ResolutionRequest = Schema.Struct({ verdict: Verdict, reason: Reason }).annotate({
  description: "Holds an operator's verdict on one intent and the reason for it."
})

/** Maximum number of intents read in one request. */
export const resolvedAtOnce = 200

/** Verdict of an operator about every intent of one page that fits the filter, newest first. */
export const ResolutionsRequest = Schema.Struct({
  verdict: Verdict,
  reason: Reason,
  filter: Schema.Struct({
    state: Schema.optionalKey(
      Schema.Literals(["in_doubt", "disputed"]).annotate({
        description: "Selects intents in this state. Default: `in_doubt`."
      })
    ),
    connector: Schema.optionalKey(
      Schema.NonEmptyString.annotate({ description: "Selects intents of this connector. Default: every connector." })
    ),
    account: Schema.optionalKey(
      Schema.NonEmptyString.annotate({
        description: "Selects intents of the account with this alias. Default: every account."
      })
    ),
    capability: Schema.optionalKey(
      Schema.NonEmptyString.annotate({
        description: "Selects intents of this capability, as `text` or `whatsapp.text`. Default: every capability."
      })
    ),
    olderThan: Schema.optionalKey(
      Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)).annotate({
        description: "Selects intents whose doubt began at least this many seconds ago. Default: 0."
      })
    )
  }).annotate({ description: "Selects the intents that match every given member. `{}` selects every doubt." }),
  dryRun: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "True returns what would be resolved and records nothing. Default: false."
    })
  ),
  limit: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: resolvedAtOnce })).annotate({
      description: "Limits the intents that the request examines, 1 to 200. Default: 200."
    })
  ),
  cursor: Schema.optionalKey(
    Schema.String.annotate({ description: "Continues after a page: its `next`. Omit it for the first page." })
  )
}).annotate({ description: "Holds one verdict and selects the intents that it is about." })
export type ResolutionsRequest = typeof ResolutionsRequest.Type

/** Result for one intent. `would_resolve`: dry run. `too_early`: a call may be under way. `not_open`: it had ended. */
export const ResolutionResult = Schema.Struct({
  intentId: IntentId,
  result: Schema.Literals(["resolved", "would_resolve", "too_early", "not_open"]).annotate({
    description:
      "Result for this intent: `resolved`, `would_resolve` (dry run), `too_early` (a call may be under way) or `not_open` (it had ended)."
  }),
  state: IntentState
})
export type ResolutionResult = typeof ResolutionResult.Type

export interface Resolutions {
  readonly intents: ReadonlyArray<ResolutionResult>
  /** Cursor of the next page; absent after the last one. */
  readonly next?: string
}

const fits = (
  { connector, account, capability, olderThan = 0 }: ResolutionsRequest["filter"],
  record: IntentRecord,
  now: number
): boolean => {
  const since = record.settledAt ?? record.deadline ?? now
  return (
    (connector === undefined || record.connector === connector) &&
    (account === undefined || record.account === account) &&
    (capability === undefined || [capability, `${record.connector}.${capability}`].includes(record.capabilityId)) &&
    now - since >= olderThan * 1_000
  )
}

const words = { Resolved: "resolved", NotOpen: "not_open", TooEarly: "too_early" } as const

const resultOf = (record: IntentRecord, answer: ResolveAnswer | "expired" | undefined): ResolutionResult => {
  const { intentId } = record
  if (answer === undefined || answer === "expired") return { intentId, result: "not_open", state: "expired" }
  return { intentId, result: words[answer._tag], state: answer.record.state }
}

/** Writes one verdict on every intent of a page that fits. Each concerns only the attempt that was read. */
export const resolveMany = Effect.fnUntraced(function* (
  asked: ResolutionsRequest
): Effect.fn.Return<Resolutions, InfraError, IntentLedger> {
  const ledger = yield* IntentLedger
  const { filter, verdict, limit = resolvedAtOnce, cursor } = asked
  const page = { limit, ...(cursor === undefined ? {} : { cursor }) }
  const { intents, next } = yield* ledger.list(filter.state ?? "in_doubt", page)
  const first = intents[0]
  const seen = first === undefined ? undefined : yield* ledger.kept(first.intentId)
  const now = seen === undefined || seen === "expired" ? 0 : seen.now
  const fitting = intents.filter((record) => fits(filter, record, now))
  const resolve = (record: IntentRecord) =>
    asked.dryRun === true
      ? Effect.succeed<ResolutionResult>({ intentId: record.intentId, result: "would_resolve", state: record.state })
      : Effect.map(ledger.resolve({ intentId: record.intentId, verdict, attempt: record.attempt }), (answer) =>
          resultOf(record, answer)
        )
  const results = yield* Effect.forEach(fitting, resolve, { concurrency: 8 })
  return { intents: results, ...(next === undefined ? {} : { next }) }
})

/**
 * Returns the failure of an intent after an operator's verdict `not_sent`. After a doubt, the same key may be retried as a
 * new attempt. After a dispute it may not, since some evidence says that the call succeeded.
 */
export const resolvedFailure = (before: IntentState): FailureReport => ({
  class: "InfraError",
  code: "resolved_not_sent",
  certainty: "not_applied",
  transient: before === "in_doubt",
  detail: "an operator decided that nothing was sent"
})
