import * as Result from "effect/Result"
import { type PlainResponse, problem } from "./plain-response.ts"

/** Entries that one page of a list may have. */
export const maxPage = 200

export const badCursor = problem({
  status: 400,
  code: "invalid_cursor",
  title: "cursor must be what an answer gave as next"
})
const badLimit = problem({ status: 400, code: "invalid_limit", title: `limit must be 1 to ${maxPage}` })

/** `limit` and `cursor` of a list as the query gives them; else the answer that says what is wrong. */
export const pageOf = (
  query: { readonly limit?: string; readonly cursor?: string },
  isCursor: (cursor: string) => boolean
): Result.Result<{ readonly limit: number; readonly cursor?: string }, PlainResponse> => {
  const { limit = "50", cursor } = query
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > maxPage) return Result.fail(badLimit)
  if (cursor === undefined) return Result.succeed({ limit: Number(limit) })
  return isCursor(cursor) ? Result.succeed({ limit: Number(limit), cursor }) : Result.fail(badCursor)
}
