import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import { createServer, type Server } from "node:http"
import { CannotListen, type Served, WebServer } from "../../src/http/server/web-server.ts"
import { apiHandler } from "./api-handler.ts"
import { makeSlowBodyGuard, uploadTimeoutMs } from "./slow-body-guard.ts"
import { intentHandler, webhookHandler } from "./direct-handlers.ts"
import { limitIdleConnections } from "./limits.ts"

const limits = {
  headersTimeout: 10_000,
  requestTimeout: uploadTimeoutMs,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 32_768,
  connectionsCheckingInterval: 1_000
}
const maxConnections = 10_000

/** Disables Effect's own spans: they hold addresses, queries and headers, and those may identify people (I7). */
const untraced = () => true

export const layer = Layer.succeed(
  WebServer,
  WebServer.of({
    serve: Effect.fnUntraced(function* (served: Served, { host, port, drain }) {
      const server = createServer(limits)
      server.maxConnections = maxConnections
      const idle = limitIdleConnections(server)
      const scope = yield* Effect.scope
      const api = yield* NodeHttpServer.makeHandler(served.api, { scope }).pipe(
        Effect.provideService(HttpMiddleware.TracerDisabledWhen, untraced)
      )
      const { startTimer, onBuffered, reject } = makeSlowBodyGuard()
      server.on("clientError", reject)
      const webhook = served.webhooks === undefined ? () => false : webhookHandler(served.webhooks, onBuffered)
      const behind = apiHandler(served.classify, api, idle, served.unknownKeys)
      const intent =
        served.intents === undefined ? () => false : intentHandler(served.intents, onBuffered, behind.refuse)
      server.on("request", (request, response) => {
        startTimer(request, response)
        if (!webhook(request, response) && !intent(request, response)) behind.handle(request, response)
      })
      yield* Effect.acquireRelease(listen(server, host, port), () =>
        Effect.flatMap(drain, (most) => close(server, most))
      )
      const address = server.address()
      return { port: typeof address === "object" && address !== null ? address.port : port }
    })
  })
)

const listen = (server: Server, host: string, port: number) =>
  Effect.callback<void, CannotListen>((resume) => {
    const failed = (error: NodeJS.ErrnoException) => resume(Effect.fail(cannotListen(host, port, error.code)))
    server.once("error", failed)
    server.listen({ host, port }, () => {
      server.off("error", failed)
      resume(Effect.void)
    })
  })

const cannotListen = (host: string, port: number, code: string | undefined) => {
  switch (code) {
    case "EADDRINUSE":
      return new CannotListen({ host, port, reason: "in_use" })
    case "EACCES":
      return new CannotListen({ host, port, reason: "not_allowed" })
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new CannotListen({ host, port, reason: "no_such_address" })
    default:
      return new CannotListen({ host, port, reason: "unknown" })
  }
}

/** Refuses new connections, closes idle ones, waits `drain` milliseconds for requests under way, then closes all. */
const close = (server: Server, drain: number) =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeIdleConnections()
    const cut = setTimeout(() => server.closeAllConnections(), drain)
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    server.once("close", () => {
      clearTimeout(cut)
      clearInterval(idle)
    })
  })
