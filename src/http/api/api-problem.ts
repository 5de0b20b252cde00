import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Problem } from "../server/response.ts"

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
