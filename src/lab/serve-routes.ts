import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { BootRefused, failed } from "../boot/report.ts"
import { notFoundResponse, toResponse } from "../http/server/response.ts"
import { WebServer } from "../http/server/web-server.ts"
import { foreignRequest, isOwnRequest } from "./own-requests.ts"

const noWebhooks = {
  knows: () => false,
  handshake: () => notFoundResponse,
  receive: () => Effect.succeed(notFoundResponse)
}

/** Serves routes beside the gateway, on this machine only. */
export const serveRoutes = Effect.fnUntraced(function* (
  routes: Layer.Layer<never, never, HttpRouter.HttpRouter>,
  port: number,
  drain: number
) {
  const server = yield* WebServer
  const handle = yield* HttpRouter.toHttpEffect(routes)
  const served = handle.pipe(
    Effect.catchTag("HttpServerError", () => Effect.succeed(toResponse(notFoundResponse))),
    Effect.orDie
  )
  const api = Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
    isOwnRequest(headers) ? served : Effect.succeed(toResponse(foreignRequest))
  )
  yield* server.serve({ webhooks: noWebhooks, api }, { host: "127.0.0.1", port, drain }).pipe(
    Effect.mapError(
      ({ message }) =>
        new BootRefused({
          checks: [failed("server.port", message, "stop what listens there, or set PORT to another")]
        })
    )
  )
})
