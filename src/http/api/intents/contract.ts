import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { IntentState } from "../../../domain/intent.ts"
import { IntentRequest } from "../../../outbound/intent/parse-request.ts"
import { IntentAnswerSchema, IntentPage, intentProblemOf, IntentView, problemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"

const accepted = IntentAnswerSchema.annotate({ description: "`accepted`: durable, to be performed in its turn" }).pipe(
  HttpApiSchema.status(202)
)

export class IntentsGroup extends HttpApiGroup.make("intents")
  .add(
    HttpApiEndpoint.post("send", "/v1/intents", {
      headers: {
        "idempotency-key": Schema.optionalKey(
          Schema.String.annotate({ description: "1 to 255 printable ASCII characters, bare or quoted" })
        ),
        prefer: Schema.optionalKey(
          Schema.String.annotate({ description: "`respond-async`: accept it durably and perform it later" })
        ),
        "comporta-correlation-id": Schema.optionalKey(
          Schema.String.annotate({ description: "A thread of ours to go on with: `cor_` and 32 hex digits" })
        )
      },
      payload: IntentRequest,
      success: [
        IntentAnswerSchema.annotate({ description: "`sent`, or `deduped` where it had been sent before" }),
        accepted
      ],
      error: [
        problemOf(400, "No Idempotency-Key, or one that is not 1 to 255 printable ASCII characters"),
        problemOf(404, "No such connector, account or capability"),
        intentProblemOf(409, "A call of this key may be under way"),
        intentProblemOf(410, "The key was used long ago"),
        problemOf(413, "The body is larger than 1 MiB"),
        intentProblemOf(422, "The request is wrong, or the key was used for other content"),
        intentProblemOf(429, "Held back before it was claimed: a limit, or a pause that the provider asked for"),
        intentProblemOf(502, "The provider refused"),
        intentProblemOf(503, "Certainly not performed, or its account is paused; try the same key again"),
        intentProblemOf(504, "In doubt: nobody knows yet, and nobody sends again")
      ]
    })
      .annotate(OpenApi.Summary, "Perform one intent, once")
      .annotate(RequiredScope, "send"),
    HttpApiEndpoint.get("get", "/v1/intents/:intentId", {
      params: { intentId: Schema.String },
      success: IntentView,
      error: [problemOf(404, "No such intent"), problemOf(410, "Only its tombstone is left"), away]
    })
      .annotate(OpenApi.Summary, "One intent: state, receipt, timeline")
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("list", "/v1/intents", {
      query: {
        state: Schema.optionalKey(Schema.String.annotate({ description: `One of ${IntentState.literals.join(", ")}` })),
        limit: Schema.optionalKey(Schema.String),
        cursor: Schema.optionalKey(Schema.String)
      },
      success: IntentPage,
      error: [problemOf(400, "An unknown state, limit or cursor"), away]
    })
      .annotate(OpenApi.Summary, "Intents in one state, newest first")
      .annotate(RequiredScope, "read")
  )
  .middleware(Auth) {}
