import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { InfraError } from "../../domain/failure.ts"
import type { NotConfigured } from "../../outbound/intent/resolve-target.ts"
import type { Unreadable } from "../../secrets/sealer.ts"
import { type Problem, retryAfter } from "../server/response.ts"

/** The headers that a problem of the API may carry. */
export type ProblemHeaders = Readonly<Partial<Record<"retry-after" | "www-authenticate", string>>>

interface Fields<Status extends number> extends Omit<Problem, "status" | "extra" | "headers"> {
  readonly status: Status
  readonly extra?: Readonly<Record<string, Schema.Json>>
  readonly headers?: ProblemHeaders
}

/** A problem (RFC 9457) that a handler fails with. The handler compiles only if its endpoint declares the status. */
export class ApiProblem<Status extends number = number> extends Data.TaggedError("ApiProblem")<Fields<number>> {
  declare readonly status: Status
}

export const apiProblem = <const Status extends number>(fields: Fields<Status>): ApiProblem<Status> =>
  new ApiProblem<Status>(fields)

/** Fails with a problem. */
export const failWith = <const Status extends number>(
  fields: Fields<Status>
): Effect.Effect<never, ApiProblem<Status>> => Effect.fail(apiProblem(fields))

export const storeAway = apiProblem({
  status: 503,
  code: "store_unavailable",
  title: "The store does not answer; send the request again after Retry-After",
  headers: retryAfter(1_000)
})

const storeFull = apiProblem({
  status: 503,
  code: "store_full",
  title: "The store has no room for more events; send the request again after Retry-After",
  headers: retryAfter(2_000)
})

const unreadable = apiProblem({
  status: 503,
  code: "unreadable",
  title: "No available key opens the record; restore its sealing key",
  headers: retryAfter(60_000)
})

/** Returns the problem for an action that the store did not confirm. `extra` holds values for a later request to compare. */
export const outcomeUnknown = (extra: ApiProblem["extra"] = {}) =>
  apiProblem({
    status: 503,
    code: "outcome_unknown",
    title: "The store did not confirm the action; read the result before you repeat it",
    extra,
    headers: retryAfter(1_000)
  })

export const isOutcomeUnknown = (failed: unknown): failed is InfraError =>
  failed instanceof InfraError && failed.certainty === "unknown"

export const notFound = (what: string) =>
  apiProblem({
    status: 404,
    code: "not_found",
    title: `The ${what} does not exist, or its retention is over; check the id`
  })

/** Returns the problem for a failure of the store. A full store and an unreadable record have problems of their own. */
export const storeAwayProblem = (failed: InfraError | Unreadable): ApiProblem<503> => {
  if (failed._tag === "Unreadable") return unreadable
  return failed.code === "store_full" ? storeFull : storeAway
}

/** Converts failures of the store to problems; the handler's own problems pass unchanged. */
export const withStoreProblems = <A, P extends ApiProblem, R>(
  effect: Effect.Effect<A, P | InfraError | Unreadable, R>
): Effect.Effect<A, P | ApiProblem<503>, R> =>
  Effect.mapError(effect, (failed) => (failed instanceof ApiProblem ? failed : storeAwayProblem(failed)))

/** Returns the record. Fails with 404 when it is `undefined`. */
export const orNotFound =
  (what: string) =>
  <A, E, R>(record: Effect.Effect<A | undefined, E, R>): Effect.Effect<A, E | ApiProblem<404>, R> =>
    Effect.flatMap(record, (found) => (found === undefined ? Effect.fail(notFound(what)) : Effect.succeed(found)))

export const unknownIntent = apiProblem({
  status: 404,
  code: "not_found",
  title: "The intent does not exist; check the id"
})
export const expiredIntent = apiProblem({
  status: 410,
  code: "expired",
  title: "The retention of this intent is over; only its tombstone is left"
})

export const notConfigured = (what: NotConfigured["what"]) =>
  apiProblem({
    status: 404,
    code: `unknown_${what}`,
    title: `This ${what} is not configured; GET /v1/connectors lists what is`
  })
