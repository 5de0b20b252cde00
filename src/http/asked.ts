import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import { issuesOf } from "../connector/capability.ts"
import { bodyOf } from "./body.ts"
import { type PlainResponse, problem } from "./plain-response.ts"

const invalid = (errors: ReadonlyArray<unknown>) =>
  problem({ status: 422, code: "invalid_request", title: "The request is wrong", extra: { errors } })

/** The body as the schema wants it, and `{}` where there is none; else the answer that says what is wrong with it. */
export const asked = <A>(
  request: HttpServerRequest,
  schema: Schema.Codec<A, unknown>
): Effect.Effect<A, PlainResponse> =>
  Effect.flatMap(hasBody(request) ? bodyOf(request) : Effect.succeed({}), (body) =>
    Result.match(Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })(body), {
      onSuccess: (value) => Effect.succeed(value),
      onFailure: (error) => Effect.fail(invalid(issuesOf(error.issue, [])))
    })
  )

const hasBody = ({ headers }: HttpServerRequest) =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

/** Why an operator does it, in his own words. */
export const Because = Schema.Struct({ reason: Schema.optionalKey(Schema.String) })
export const because = ({ reason }: typeof Because.Type) => (reason === undefined ? {} : { reason })
