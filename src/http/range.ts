import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Range } from "../inbound/event-records.ts"
import { pageOf } from "./page.ts"
import { type PlainResponse, problem } from "./plain-response.ts"

const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))

/** The query of a list of what rests in the event log. */
export const rangeQuery = {
  limit: text("1 to 200; 50 unless given"),
  cursor: text("What an answer gave as `next`"),
  order: text("`newest` (unless given) or `oldest` first"),
  from: text("Milliseconds since the epoch, or an ISO 8601 time; included"),
  to: text("The same; included")
}

const badOrder = problem({ status: 400, code: "invalid_order", title: "order must be newest or oldest" })
const badTime = problem({
  status: 400,
  code: "invalid_time",
  title: "from and to must be milliseconds since the epoch, or ISO 8601 times"
})

const timeOf = (given: string): number | undefined =>
  /^\d{1,15}$/.test(given)
    ? Number(given)
    : Option.getOrUndefined(Option.map(DateTime.make(given), DateTime.toEpochMillis))

export const rangeOf = (
  query:
    | Readonly<Record<keyof typeof rangeQuery, string | undefined>>
    | Partial<Record<keyof typeof rangeQuery, string>>,
  isCursor: (cursor: string) => boolean
): Result.Result<Range, PlainResponse> => {
  const { limit, cursor, order = "newest", from, to } = query
  const page = pageOf(
    { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) },
    isCursor
  )
  if (Result.isFailure(page)) return Result.fail(page.failure)
  if (order !== "newest" && order !== "oldest") return Result.fail(badOrder)
  const times: { from?: number; to?: number } = {}
  for (const [name, given] of [
    ["from", from],
    ["to", to]
  ] as const) {
    if (given === undefined) continue
    const time = timeOf(given)
    if (time === undefined) return Result.fail(badTime)
    times[name] = time
  }
  return Result.succeed({ ...page.success, order, ...times })
}
