import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { ReadinessSchema } from "../schemas.ts"

/** The media type of the text format that Prometheus reads. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8"

export class HealthGroup extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/livez", { success: ReadinessSchema })
      .annotate(OpenApi.Summary, "Check that the process runs")
      .annotate(OpenApi.Description, "Answers 200 while the process runs, and makes no check. No API key is needed."),
    HttpApiEndpoint.get("ready", "/readyz", {
      success: ReadinessSchema,
      error: ReadinessSchema.pipe(HttpApiSchema.status(503))
    })
      .annotate(OpenApi.Summary, "Check that the process takes work")
      .annotate(
        OpenApi.Description,
        "Answers 200 when the process takes work, and 503 while it starts or drains or a check has failed. No API key is needed."
      ),
    HttpApiEndpoint.get("metrics", "/metrics", {
      success: Schema.String.annotate({ description: "The metrics in the text format of Prometheus." }).pipe(
        HttpApiSchema.asText({ contentType: metricsType })
      )
    })
      .annotate(OpenApi.Summary, "Read the metrics")
      .annotate(
        OpenApi.Description,
        "Returns the metrics for Prometheus. Concurrent callers share one reading. While the store does not answer, its last numbers are returned. No API key is needed."
      )
  )
  .annotate(OpenApi.Description, "Reports whether the process works.") {}
