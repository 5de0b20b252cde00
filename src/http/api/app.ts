import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import { Log } from "../../log/log.ts"
import { Api, EncodingFaults } from "./api.ts"
import { layer as accounts } from "./accounts/handlers.ts"
import { layer as audit } from "./audit/handlers.ts"
import { layer as auth } from "../auth/middleware.ts"
import { layer as body } from "./decode-body.ts"
import { layer as connectors } from "./connectors/handlers.ts"
import { describe, type DescribedPages } from "./described.ts"
import { layer as deadLetters } from "./dead-letters/handlers.ts"
import { layer as events } from "./events/handlers.ts"
import { layer as explain } from "./explain/handlers.ts"
import { layer as goNoGo } from "./go-no-go/handlers.ts"
import { layer as health } from "./health/handlers.ts"
import { layer as intents } from "./intents/handlers.ts"
import { layer as resolutions } from "./resolutions/handlers.ts"
import { layer as media } from "./media/handlers.ts"
import { layer as people } from "./people/handlers.ts"
import { internal, notFoundResponse, toResponse } from "../server/response.ts"
import { layer as quarantine } from "./quarantine/handlers.ts"
import { pageResponse } from "../server/made-page.ts"

/** Serves the pages that describe the API. They are built at the first request. */
const describedBy = (pages: Effect.Effect<DescribedPages>) => {
  const page = (path: `/${string}`, name: keyof DescribedPages) =>
    HttpRouter.add(
      "GET",
      path,
      Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
        Effect.map(pages, (made) => toResponse(pageResponse(made[name], headers)))
      )
    )
  return Layer.mergeAll(page("/openapi.json", "openApi"), page("/docs", "docs"))
}

const encodingFaults = HttpApiMiddleware.layerSchemaErrorTransform(EncodingFaults, (error) =>
  error.kind === "Body" || error.kind === "ResponseHeaders" ? Effect.die(error) : Effect.fail(error)
)

/** Adds `Cache-Control: no-store` to a response without that header. */
const withoutCaches = (response: HttpServerResponse.HttpServerResponse) =>
  response.headers["cache-control"] === undefined
    ? HttpServerResponse.setHeader(response, "cache-control", "no-store")
    : response

const routes = HttpApiBuilder.layer(Api).pipe(
  Layer.provide([intents, resolutions, connectors, accounts, media]),
  Layer.provide([events, deadLetters, quarantine, people, explain, goNoGo, audit, health]),
  Layer.provide([auth, body, encodingFaults, HttpApiMiddleware.layerProblemDetails({ includeDetails: true })])
)

/**
 * Serves every request but webhooks with one effect, which always returns a response. A request without a route, and a defect,
 * become problems (RFC 9457).
 */
export const appWith = (pages: Effect.Effect<DescribedPages>) =>
  Effect.gen(function* () {
    const log = yield* Log
    const handle = yield* HttpRouter.toHttpEffect(Layer.merge(routes, describedBy(pages)))
    return handle.pipe(
      Effect.catchCause((cause) => {
        if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
        const failed = cause.reasons.find(Cause.isFailReason)?.error
        if (failed?._tag === "HttpServerError" && failed.reason._tag === "RouteNotFound") {
          return Effect.succeed(toResponse(notFoundResponse))
        }
        log.write("error", "internal", { httpStatus: 500, error: failed?._tag ?? "defect" })
        return Effect.succeed(toResponse(internal))
      }),
      Effect.map(withoutCaches),
      Effect.orDie
    )
  })

/** Serves the API with pages that are built at the first request. */
export const app = Effect.flatMap(Effect.cached(describe), appWith)
