import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { InfraError } from "../domain/failure.ts"
import type { Page, Range } from "../inbound/event-records.ts"
import type { Unreadable } from "../secrets/sealer.ts"
import type { CurrentClient } from "./api-keys.ts"
import { withScope } from "./auth.ts"
import { storeAway } from "./operate.ts"
import { badCursor } from "./page.ts"
import { json, type PlainResponse, problem, retryAfter } from "./plain-response.ts"
import { rangeOf, type rangeQuery } from "./range.ts"

export const unknown = (what: string): PlainResponse =>
  problem({ status: 404, code: "not_found", title: `No such ${what}, or it is not kept any more` })

const unreadable = problem({
  status: 503,
  code: "unreadable",
  title: "The record cannot be opened with the keys at hand",
  headers: retryAfter(60_000)
})

/** Whatever went wrong, as an answer. A full store says that it is full. */
export const answered = <R>(
  response: Effect.Effect<PlainResponse, PlainResponse | InfraError | Unreadable, R>
): Effect.Effect<PlainResponse, never, R> =>
  Effect.catch(response, (failed) => {
    if ("status" in failed) return Effect.succeed(failed)
    if (failed._tag === "Unreadable") return Effect.succeed(unreadable)
    return Effect.succeed(failed.code === "store_full" ? storeFull : storeAway)
  })

const storeFull = problem({
  status: 503,
  code: "store_full",
  title: "The store is too full to take in more",
  headers: retryAfter(2_000)
})

/** One page of a list, by its query, for whoever may read. */
export const listed = <A>(
  query: Partial<Record<keyof typeof rangeQuery, string>>,
  isCursor: (cursor: string) => boolean,
  list: (range: Range) => Effect.Effect<Page<A>, InfraError>,
  shown: (page: Page<A>) => object
): Effect.Effect<PlainResponse, never, CurrentClient> =>
  withScope(
    "read",
    Effect.suspend(() =>
      Result.match(rangeOf(query, isCursor), {
        onFailure: Effect.succeed,
        onSuccess: (range) => Effect.map(list(range), (page) => json(200, shown(page)))
      })
    )
  ).pipe(answered)

/** One thing with its content, for whoever may read. */
export const shown = <A, E, R>(
  what: string,
  find: Effect.Effect<A | undefined, E, R>,
  view: (found: A) => Effect.Effect<object, Unreadable>
) =>
  withScope(
    "read",
    Effect.flatMap(find, (found) =>
      found === undefined ? Effect.succeed(unknown(what)) : Effect.map(view(found), (value) => json(200, value))
    )
  )

/** A cursor in a body, where there is one. */
export const goesOn = (
  cursor: string | undefined,
  isCursor: (cursor: string) => boolean
): Effect.Effect<void, PlainResponse> =>
  cursor === undefined || isCursor(cursor) ? Effect.void : Effect.fail(badCursor)
