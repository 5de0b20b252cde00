import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api.ts"
import { metrics } from "../../health/metrics.ts"
import { Readiness } from "../../health/readiness.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fnUntraced(function* (handlers) {
    const readiness = yield* Readiness
    const text = yield* metrics
    return handlers
      .handle("live", () => Effect.succeed({ ready: true, checks: [] }))
      .handle("ready", () =>
        Effect.flatMap(readiness.report, (report) => (report.ready ? Effect.succeed(report) : Effect.fail(report)))
      )
      .handle("metrics", () => text)
  })
)
