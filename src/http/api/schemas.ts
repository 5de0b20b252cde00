import * as Schema from "effect/Schema"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { Explanation } from "../../domain/explanation.ts"
import { FailureReport, Issue } from "../../domain/failure.ts"
import { IntentRecord } from "../../domain/intent.ts"
import { IntentAnswer as Answer } from "../../outbound/send/intent-result.ts"
import { ApiProblem, apiProblem, type ProblemHeaders } from "./problems.ts"

/**
 * A failure with the provider's own words, which may name people. Only the caller of an intent and clients with the right to
 * read it receive them.
 */
const ShownFailure = Schema.Struct({
  ...FailureReport.fields,
  explanation: Schema.optionalKey(
    Explanation.annotate({
      description:
        "Holds the provider's own text, which may name people. Absent when the provider gave none, in lists and in the answer to a verdict."
    })
  )
}).annotate({ description: "Explains the failure of the intent. Absent while the intent has none." })

const { issues: _issues, conflict: _conflict, tooMany: _tooMany, retryAfter: _retryAfter, ...told } = Answer.fields
const answerFields = { ...told, failure: Schema.optionalKey(ShownFailure) }

export const IntentAnswerSchema = Schema.Struct(answerFields).annotate({ identifier: "IntentAnswer" })

const problemFields = {
  type: Schema.String.annotate({
    description: "Identifies the problem: `urn:comporta:problem:` followed by the `code`."
  }),
  title: Schema.String.annotate({
    description: "Explains the problem to a person. The text may change between releases."
  }),
  status: Schema.Int.annotate({ description: "Repeats the HTTP status of the response." }),
  code: Schema.String.annotate({
    description: "Names the problem by a fixed word or by the provider's error code. Programs compare this member."
  }),
  detail: Schema.optionalKey(
    Schema.String.annotate({ description: "Adds what happened in this case. Absent when the title says everything." })
  ),
  errors: Schema.optionalKey(
    Schema.Array(Issue).annotate({
      description: "Lists every error of the request. Absent when the request is not at fault."
    })
  )
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

const wwwAuthenticate = Schema.String.annotate({ description: "Names the scheme that the gateway expects: `Bearer`." })
const retryAfterSeconds = Schema.String.annotate({
  description:
    "States how many seconds the caller should wait before it repeats the request. Absent when no time is known."
})

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
      { body: bodyOf(401, description), headers: { "www-authenticate": wwwAuthenticate } },
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
      { body: bodyOf(status, description), headers: { "retry-after": Schema.optionalKey(retryAfterSeconds) } },
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
}).annotate({ identifier: "Intent", description: "The ledger's record of one intent." })

/** The member of a page that continues a list. */
export const nextMember = Schema.optionalKey(
  Schema.String.annotate({
    description: "Continues the list: send it as `cursor` of the next request. Absent when no records are left."
  })
)

/** A member that counts. */
export const countMember = (description: string) => Schema.Int.annotate({ description })

export const IntentPage = Schema.Struct({
  intents: Schema.Array(IntentView).annotate({ description: "Lists the intents of the page, newest first." }),
  next: nextMember
}).annotate({ identifier: "IntentPage", description: "One page of the intents in a state." })

export const CountsSchema = Schema.Struct({
  admitted: countMember("Counts the items that became events."),
  deduped: countMember("Counts the items that the gateway had received before."),
  quarantined: countMember(
    "Counts the items that the gateway could not decode, or that belong to no configured account."
  )
}).annotate({ identifier: "Admitted" })

const optionalText = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))

export const ReadinessSchema = Schema.Struct({
  ready: Schema.Boolean.annotate({ description: "True when the process takes work. False when a check has failed." }),
  checks: Schema.Array(
    Schema.Struct({
      name: Schema.String.annotate({ description: "Names the check, such as `store.reachable`." }),
      state: Schema.Literals(["ok", "degraded", "failed"]).annotate({
        description:
          "Result of the check: `ok`, `degraded` (a fault that does not stop the process from taking work) or `failed`."
      }),
      problem: optionalText("States what is wrong. Absent when the check is `ok`."),
      remedy: optionalText("States what the operator can do about it. Absent when no remedy is known.")
    })
  ).annotate({ description: "Lists the result of each check. Empty for `/livez`, which makes none." })
}).annotate({ identifier: "Readiness", description: "Readiness of one process to take work." })
