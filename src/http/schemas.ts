import * as Schema from "effect/Schema"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { Explanation } from "../domain/explanation.ts"
import { FailureReport, Issue } from "../domain/failure.ts"
import { IntentRecord } from "../domain/intent.ts"
import { IntentAnswer as Answer } from "../outbound/answer.ts"

/** With the provider's own words, which may name people: for the caller of an intent and who may read it. */
const ShownFailure = Schema.Struct({
  ...FailureReport.fields,
  explanation: Schema.optionalKey(Explanation.annotate({ description: "The provider's own words" }))
})

const { issues: _issues, conflict: _conflict, tooMany: _tooMany, retryAfter: _retryAfter, ...told } = Answer.fields
const answerFields = { ...told, failure: Schema.optionalKey(ShownFailure) }

export const IntentAnswer = Schema.Struct(answerFields).annotate({ identifier: "IntentAnswer" })

const problemFields = {
  type: Schema.String,
  title: Schema.String,
  status: Schema.Int,
  code: Schema.String.annotate({ description: "A fixed word that names the problem" }),
  detail: Schema.optionalKey(Schema.String),
  errors: Schema.optionalKey(Schema.Array(Issue))
}

/** RFC 9457, `application/problem+json`. */
export const Problem = Schema.Struct(problemFields).annotate({ identifier: "Problem" })

/** A problem about an intent says all that an answer says. */
export const IntentProblem = Schema.Struct({ ...problemFields, ...answerFields }).annotate({
  identifier: "IntentProblem"
})

const asProblem = HttpApiSchema.asJson({ contentType: "application/problem+json" })

export const problemOf = (status: number, description: string) =>
  Problem.annotate({ description }).pipe(asProblem, HttpApiSchema.status(status))

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

export const Counts = Schema.Struct({
  admitted: Schema.Int,
  deduped: Schema.Int,
  quarantined: Schema.Int
}).annotate({ identifier: "Admitted" })

export const Readiness = Schema.Struct({
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
