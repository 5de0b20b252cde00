import * as Schema from "effect/Schema"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import { IntentState } from "../domain/intent.ts"
import { IntentRequest } from "../outbound/request.ts"
import type { CurrentClient } from "./api-keys.ts"
import { Counts, IntentAnswer, IntentPage, intentProblemOf, IntentView, problemOf, Readiness } from "./schemas.ts"

/** `Authorization: Bearer <key>`; answers 401 itself. */
export class Auth extends HttpApiMiddleware.Service<Auth, { provides: CurrentClient }>()("comporta/http/Auth", {
  security: { bearer: HttpApiSecurity.bearer },
  error: problemOf(401, "No key, or one that is not known")
}) {}

const forbidden = problemOf(403, "The key lacks the scope that this needs")
const away = problemOf(503, "The store does not answer")

class Intents extends HttpApiGroup.make("intents")
  .add(
    HttpApiEndpoint.post("send", "/v1/intents", {
      headers: {
        "idempotency-key": Schema.optionalKey(
          Schema.String.annotate({ description: "1 to 255 printable ASCII characters, bare or quoted" })
        ),
        "comporta-correlation-id": Schema.optionalKey(
          Schema.String.annotate({ description: "A thread of ours to go on with: `cor_` and 32 hex digits" })
        )
      },
      payload: IntentRequest,
      success: IntentAnswer.annotate({ description: "`sent`, or `deduped` where it had been sent before" }),
      error: [
        problemOf(400, "No Idempotency-Key, or one that is not 1 to 255 printable ASCII characters"),
        forbidden,
        problemOf(404, "No such connector, account or capability"),
        intentProblemOf(409, "A call of this key may be under way"),
        intentProblemOf(410, "The key was used long ago"),
        problemOf(413, "The body is larger than 1 MiB"),
        intentProblemOf(422, "The request is wrong, or the key was used for other content"),
        intentProblemOf(502, "The provider refused"),
        intentProblemOf(503, "Certainly not performed; try the same key again"),
        intentProblemOf(504, "In doubt: nobody knows yet, and nobody sends again")
      ]
    }).annotate(OpenApi.Summary, "Perform one intent, once"),
    HttpApiEndpoint.get("get", "/v1/intents/:intentId", {
      params: { intentId: Schema.String },
      success: IntentView,
      error: [forbidden, problemOf(404, "No such intent"), problemOf(410, "Only its tombstone is left"), away]
    }).annotate(OpenApi.Summary, "One intent: state, receipt, timeline"),
    HttpApiEndpoint.get("list", "/v1/intents", {
      query: {
        state: Schema.optionalKey(Schema.String.annotate({ description: `One of ${IntentState.literals.join(", ")}` })),
        limit: Schema.optionalKey(Schema.String),
        cursor: Schema.optionalKey(Schema.String)
      },
      success: IntentPage,
      error: [problemOf(400, "An unknown state, limit or cursor"), forbidden, away]
    }).annotate(OpenApi.Summary, "Intents in one state, newest first")
  )
  .middleware(Auth) {}

class Health extends HttpApiGroup.make("health").add(
  HttpApiEndpoint.get("live", "/livez", { success: Readiness }).annotate(OpenApi.Summary, "The process runs"),
  HttpApiEndpoint.get("ready", "/readyz", {
    success: Readiness,
    error: Readiness.pipe(HttpApiSchema.status(503))
  }).annotate(OpenApi.Summary, "It can take work now"),
  HttpApiEndpoint.get("metrics", "/metrics", {
    success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/plain" }))
  }).annotate(OpenApi.Summary, "Prometheus metrics")
) {}

class Webhooks extends HttpApiGroup.make("webhooks").add(
  HttpApiEndpoint.get("handshake", "/webhooks/:connectorId", {
    params: { connectorId: Schema.String },
    success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/plain" })),
    error: [problemOf(403, "Wrong token"), problemOf(404, "Unknown connector")]
  }).annotate(OpenApi.Summary, "The provider's handshake"),
  HttpApiEndpoint.post("receive", "/webhooks/:connectorId", {
    params: { connectorId: Schema.String },
    payload: Schema.Unknown,
    success: Counts.annotate({ description: "Durably admitted; `comporta-admitted: durable`" }),
    error: [
      problemOf(401, "Unsigned or badly signed"),
      problemOf(404, "Unknown connector"),
      problemOf(408, "The body dawdled"),
      problemOf(413, "The body is larger than 3 MiB"),
      problemOf(503, "The store is away, or too many at once")
    ]
  }).annotate(OpenApi.Summary, "A webhook, signed over its raw bytes")
) {}

const about = OpenApi.annotations({
  title: "Comporta",
  version: "1",
  description: "A connector gateway: webhooks come in once, intents go out once, and in doubt it stays shut."
})

/** What the API's own handlers serve. */
export class Api extends HttpApi.make("comporta")
  .add(Intents)
  .add(Health)
  .middleware(HttpApiMiddleware.ProblemDetails)
  .annotateMerge(about) {}

/** What is described: the API and the webhooks, which a bare handler serves. */
export class Described extends HttpApi.make("comporta").add(Intents).add(Health).add(Webhooks).annotateMerge(about) {}
