import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Range } from "../../inbound/event-log/event-admin.ts"
import { type ApiProblem, apiProblem } from "./problems.ts"

/** Maximum entries in one page of a list. */
export const maxPage = 200

const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))

/** Query parameters of every list. */
export const pageQuery = {
  limit: text("Limits the number of entries in the page, 1 to 200. Default: 50."),
  cursor: text("Continues after a page: its `next`. Omit it for the first page.")
}

/** Query parameters of a list of event log records. */
export const rangeQuery = {
  ...pageQuery,
  order: text(
    "Sorts the list: `newest` or `oldest` first. Default: `newest`. A cursor is valid only with its own order."
  ),
  from: text(
    "Selects records from this time on, included: milliseconds since the epoch, or ISO 8601. Default: no limit."
  ),
  to: text("Selects records up to this time, included: milliseconds since the epoch, or ISO 8601. Default: no limit.")
}

const badCursor = apiProblem({
  status: 400,
  code: "invalid_cursor",
  title: "cursor is invalid; send the next of an earlier answer, or leave it out"
})
const badLimit = apiProblem({
  status: 400,
  code: "invalid_limit",
  title: `limit is invalid; send a whole number from 1 to ${maxPage}`
})
const badOrder = apiProblem({ status: 400, code: "invalid_order", title: "order is invalid; send newest or oldest" })
const badTime = apiProblem({
  status: 400,
  code: "invalid_time",
  title: "from or to is invalid; send milliseconds since the epoch, or an ISO 8601 time"
})

type IsCursor = (cursor: string) => boolean

/** Reads `limit` and `cursor` from the query of a list. Fails with 400 when either is invalid. */
export const pageOf = (
  { limit = "50", cursor }: { readonly limit?: string; readonly cursor?: string },
  isCursor: IsCursor
): Result.Result<{ readonly limit: number; readonly cursor?: string }, ApiProblem<400>> => {
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > maxPage) return Result.fail(badLimit)
  if (cursor === undefined) return Result.succeed({ limit: Number(limit) })
  return isCursor(cursor) ? Result.succeed({ limit: Number(limit), cursor }) : Result.fail(badCursor)
}

/** Checks the optional cursor of a body. Fails with 400 when it is invalid. */
export const checkCursor = (cursor: string | undefined, isCursor: IsCursor): Effect.Effect<void, ApiProblem<400>> =>
  cursor === undefined || isCursor(cursor) ? Effect.void : Effect.fail(badCursor)

/** Returns a time in milliseconds that was given so, or in ISO 8601. Fails with `bad` for another text. */
export const queryTimeOf = (given: string, bad = badTime): Result.Result<number, ApiProblem<400>> =>
  /^\d{1,15}$/.test(given)
    ? Result.succeed(Number(given))
    : Result.fromOption(Option.map(DateTime.make(given), DateTime.toEpochMillis), () => bad)

/** Reads the query of a list of event log records. Fails with 400 when a parameter is invalid. */
export const rangeOf = (
  { order = "newest", from, to, ...page }: Partial<Record<keyof typeof rangeQuery, string>>,
  isCursor: IsCursor
): Result.Result<Range, ApiProblem<400>> =>
  Result.gen(function* () {
    const range = yield* pageOf(page, isCursor)
    if (order !== "newest" && order !== "oldest") return yield* Result.fail(badOrder)
    return {
      ...range,
      order,
      ...(from === undefined ? {} : { from: yield* queryTimeOf(from) }),
      ...(to === undefined ? {} : { to: yield* queryTimeOf(to) })
    }
  })
