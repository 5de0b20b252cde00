import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { ReadinessSchema } from "../schemas.ts"

/** The media type of the text format that Prometheus reads. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8"

export class HealthGroup extends HttpApiGroup.make("health").add(
  HttpApiEndpoint.get("live", "/livez", { success: ReadinessSchema }).annotate(OpenApi.Summary, "The process runs"),
  HttpApiEndpoint.get("ready", "/readyz", {
    success: ReadinessSchema,
    error: ReadinessSchema.pipe(HttpApiSchema.status(503))
  }).annotate(OpenApi.Summary, "It can take work now"),
  HttpApiEndpoint.get("metrics", "/metrics", {
    success: Schema.String.pipe(HttpApiSchema.asText({ contentType: metricsType }))
  }).annotate(OpenApi.Summary, "Prometheus metrics")
) {}
