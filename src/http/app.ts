import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as OpenApi from "effect/http-api/OpenApi"
import { Log } from "../log/log.ts"
import { Api, Described } from "./api.ts"
import { layer as accounts } from "./accounts-handlers.ts"
import { layer as audit } from "./audit-handlers.ts"
import { layer as auth } from "./auth.ts"
import { layer as connectors } from "./connectors-handlers.ts"
import { layer as deadLetters } from "./dead-letters-handlers.ts"
import { layer as events } from "./events-handlers.ts"
import { layer as health } from "./health-handlers.ts"
import { layer as intents } from "./intents-handlers.ts"
import { layer as resolutions } from "./resolutions-handlers.ts"
import { layer as media } from "./media-handlers.ts"
import { layer as people } from "./people-handlers.ts"
import { internal, notFound } from "./plain-response.ts"
import { layer as quarantine } from "./quarantine-handlers.ts"
import { respond } from "./respond.ts"

const openApi = HttpRouter.add(
  "GET",
  "/openapi.json",
  Effect.sync(() => HttpServerResponse.jsonUnsafe(OpenApi.fromApi(Described)))
)

/** The page asks nobody but us: no fonts of its maker, and none of the tools that send our description to him. */
const docs = {
  withDefaultFonts: false,
  showDeveloperTools: "never",
  favicon: "data:,",
  authentication: { preferredSecurityScheme: "bearer" }
}

const routes = Layer.mergeAll(
  HttpApiBuilder.layer(Api).pipe(
    Layer.provide([intents, resolutions, connectors, accounts, media]),
    Layer.provide([events, deadLetters, quarantine, people, audit, health]),
    Layer.provide([auth, HttpApiMiddleware.layerProblemDetails({ includeDetails: true })])
  ),
  HttpApiScalar.layer(Described, { path: "/docs", scalar: docs }),
  openApi
)

/** Everything but webhooks, as one effect that always answers: what nobody handled is a problem too (RFC 9457). */
export const app = Effect.gen(function* () {
  const log = yield* Log
  const handle = yield* HttpRouter.toHttpEffect(routes)
  return handle.pipe(
    Effect.catchCause((cause) => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
      const failed = cause.reasons.find(Cause.isFailReason)?.error
      if (failed?._tag === "HttpServerError" && failed.reason._tag === "RouteNotFound") {
        return Effect.succeed(respond(notFound))
      }
      log.write("error", "internal", { httpStatus: 500, error: failed?._tag ?? "defect" })
      return Effect.succeed(respond(internal))
    }),
    Effect.orDie
  )
})
