import * as Schema from "effect/Schema"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { Explanation } from "../../domain/explanation.ts"
import { FailureReport, Issue } from "../../domain/failure.ts"
import { IntentRecord } from "../../domain/intent.ts"
import { IntentAnswer as Answer } from "../../outbound/send/intent-result.ts"
import { ApiProblem, apiProblem, type ProblemHeaders } from "./api-problem.ts"

/**
 * A failure with the provider's own words, which may name people. Only the caller of an intent and clients with the right to
 * read it receive them.
 */
const ShownFailure = Schema.Struct({
  ...FailureReport.fields,
  explanation: Schema.optionalKey(Explanation.annotate({ description: "The provider's own words" }))
})

const { issues: _issues, conflict: _conflict, tooMany: _tooMany, retryAfter: _retryAfter, ...told } = Answer.fields
const answerFields = { ...told, failure: Schema.optionalKey(ShownFailure) }

export const IntentAnswerSchema = Schema.Struct(answerFields).annotate({ identifier: "IntentAnswer" })

const problemFields = {
  type: Schema.String,
  title: Schema.String,
  status: Schema.Int,
  code: Schema.String.annotate({ description: "A fixed word that names the problem" }),
  detail: Schema.optionalKey(Schema.String),
  errors: Schema.optionalKey(Schema.Array(Issue))
}

/** The body of a problem (RFC 9457), with its extension members. */
export const ProblemSchema = Schema.StructWithRest(Schema.Struct(problemFields), [
  Schema.Record(Schema.String, Schema.Json)
]).annotate({ identifier: "Problem" })

/** The body of a problem about an intent: it has every member of an intent's result. */
export const IntentProblem = Schema.Struct({ ...problemFields, ...answerFields }).annotate({
  identifier: "IntentProblem"
})

const asProblem = HttpApiSchema.asJson({ contentType: "application/problem+json" })

const isProblem =
  <Status extends number>(status: Status) =>
  (value: unknown): value is ApiProblem<Status> =>
    value instanceof ApiProblem && value.status === status

const bodyOf = (status: number, description: string) =>
  ProblemSchema.annotate({ description }).pipe(asProblem, HttpApiSchema.status(status))

const toBody = ({ type: _type, title, status: _status, code, detail, ...extra }: typeof ProblemSchema.Type) => ({
  title,
  code,
  extra,
  ...(detail === undefined ? {} : { detail })
})

const fromProblem = ({ status, code, title, detail, extra }: ApiProblem): typeof ProblemSchema.Type => ({
  type: `urn:comporta:problem:${code}`,
  title,
  status,
  code,
  ...(detail === undefined ? {} : { detail }),
  ...extra
})

const retryOf = (headers: ProblemHeaders | undefined) => {
  const wait = headers?.["retry-after"]
  return wait === undefined ? {} : { "retry-after": wait }
}

/** Declares a problem of one status. */
export const problemOf = <const Status extends number>(status: Status, description: string) =>
  Schema.declare(isProblem(status)).pipe(
    HttpApiSchema.encodeToWithHeaders(
      { body: bodyOf(status, description), headers: {} },
      {
        decode: ({ body }) => apiProblem({ status, ...toBody(body) }),
        encode: (problem) => ({ body: fromProblem(problem), headers: {} })
      }
    )
  )

/** Declares the 401 of a request without a known key. */
export const challengeOf = (description: string) =>
  Schema.declare(isProblem(401)).pipe(
    HttpApiSchema.encodeToWithHeaders(
      { body: bodyOf(401, description), headers: { "www-authenticate": Schema.String } },
      {
        decode: ({ body, headers }) => apiProblem({ status: 401, ...toBody(body), headers }),
        encode: (problem) => ({
          body: fromProblem(problem),
          headers: { "www-authenticate": problem.headers?.["www-authenticate"] ?? "Bearer" }
        })
      }
    )
  )

/** Declares a problem of one status with an optional `Retry-After`. */
export const retryProblemOf = <const Status extends number>(status: Status, description: string) =>
  Schema.declare(isProblem(status)).pipe(
    HttpApiSchema.encodeToWithHeaders(
      { body: bodyOf(status, description), headers: { "retry-after": Schema.optionalKey(Schema.String) } },
      {
        decode: ({ body, headers }) => apiProblem({ status, ...toBody(body), headers }),
        encode: (problem) => ({ body: fromProblem(problem), headers: retryOf(problem.headers) })
      }
    )
  )

export const intentProblemOf = (status: number, description: string) =>
  IntentProblem.annotate({ description }).pipe(asProblem, HttpApiSchema.status(status))

export const IntentView = Schema.Struct({
  ...IntentRecord.fields,
  failure: Schema.optionalKey(ShownFailure)
}).annotate({ identifier: "Intent" })

export const IntentPage = Schema.Struct({
  intents: Schema.Array(IntentView),
  next: Schema.optionalKey(Schema.String.annotate({ description: "Pass as `cursor` to go on" }))
}).annotate({ identifier: "IntentPage" })

export const CountsSchema = Schema.Struct({
  admitted: Schema.Int,
  deduped: Schema.Int,
  quarantined: Schema.Int
}).annotate({ identifier: "Admitted" })

export const ReadinessSchema = Schema.Struct({
  ready: Schema.Boolean,
  checks: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      state: Schema.Literals(["ok", "degraded", "failed"]),
      problem: Schema.optionalKey(Schema.String),
      remedy: Schema.optionalKey(Schema.String)
    })
  )
}).annotate({ identifier: "Readiness" })
