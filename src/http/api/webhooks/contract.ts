import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { CountsSchema, problemOf, retryProblemOf } from "../schemas.ts"

export class WebhooksGroup extends HttpApiGroup.make("webhooks").add(
  HttpApiEndpoint.get("handshake", "/webhooks/:connectorId", {
    params: { connectorId: Schema.String },
    success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/plain" })),
    error: [problemOf(403, "Wrong token"), problemOf(404, "Unknown connector")]
  }).annotate(OpenApi.Summary, "The provider's handshake"),
  HttpApiEndpoint.post("receive", "/webhooks/:connectorId", {
    params: { connectorId: Schema.String },
    payload: Schema.Unknown,
    success: CountsSchema.annotate({ description: "Durably admitted; `comporta-admitted: durable`" }),
    error: [
      problemOf(401, "Unsigned or badly signed"),
      problemOf(404, "Unknown connector"),
      problemOf(408, "The body arrived too slowly"),
      problemOf(413, "The body is larger than 3 MiB"),
      retryProblemOf(503, "The store is away, or too many at once")
    ]
  }).annotate(OpenApi.Summary, "A webhook, signed over its raw bytes")
) {}
