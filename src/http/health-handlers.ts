import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "./api.ts"
import { metrics } from "./metrics.ts"
import { json } from "./plain-response.ts"
import { Readiness } from "./readiness.ts"
import { respond } from "./respond.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fnUntraced(function* (handlers) {
    const readiness = yield* Readiness
    const text = yield* metrics
    return handlers
      .handle("live", () => Effect.succeed({ ready: true, checks: [] }))
      .handleRaw("ready", () =>
        Effect.map(readiness.report, (report) => respond(json(report.ready ? 200 : 503, report)))
      )
      .handleRaw("metrics", () =>
        Effect.map(text, (body) =>
          respond({ status: 200, headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" }, body })
        )
      )
  })
)
