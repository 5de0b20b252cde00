import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { BootRefused, failed } from "../boot/report.ts"
import type { BrowserPage } from "../http/server/made-page.ts"
import { notFoundResponse, problem, toResponse } from "../http/server/response.ts"
import { WebServer } from "../http/server/web-server.ts"
import { channels, type LabChannel } from "./channels.ts"

type Headers = Readonly<Record<string, string | undefined>>

/** Matches a name that no other host can point at this machine: `localhost:8081`. */
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/** Returns true when a browser sent the request from the lab's own page. Other programs send no such headers and pass. */
const isFromOwnPage = ({ origin, "sec-fetch-site": site, "sec-fetch-mode": mode }: Headers, host: string): boolean => {
  if (origin !== undefined) return origin.toLowerCase() === `http://${host}`
  return site === undefined || site === "same-origin" || site === "none" || mode === "navigate"
}

/**
 * Returns true when a request comes from a program on this machine or from a page of the lab itself. A page of another
 * site can make a browser send requests here, under a name that it points at this machine too (DNS rebinding).
 */
export const isOwnRequest = (headers: Headers): boolean => {
  const host = headers["host"]?.toLowerCase()
  return host !== undefined && loopback.test(host) && isFromOwnPage(headers, host)
}

const foreignRequest = problem({
  status: 403,
  code: "foreign_request",
  title: "The lab answers only programs of this machine and its own pages; use http://127.0.0.1 or http://localhost"
})

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
  yield* server.serve({ api }, { host: "127.0.0.1", port, drain: Effect.succeed(drain) }).pipe(
    Effect.mapError(
      ({ message }) =>
        new BootRefused({
          checks: [failed("server.port", "busy", message, "stop what listens there, or set PORT to another")]
        })
    )
  )
})

/** Permits only files of this server: no inline script, no other site, no surrounding frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const pageHeaders = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store"
}

/** Returns the channel's own data for the page, and the ports of all channels. */
const channelOf = ({ id, name, customer }: LabChannel, gateway: number) =>
  JSON.stringify({
    id,
    name,
    customer,
    channels: channels.map((one) => ({ name: one.name, port: gateway + one.port }))
  })

const serveFile = (path: `/${string}`, contentType: string, text: string) =>
  HttpRouter.add("GET", path, Effect.succeed(HttpServerResponse.text(text, { contentType, headers: pageHeaders })))

/** Serves the lab's page of one channel at `/`. `gateway`: the gateway's port. */
export const pageRoutes = ({ markup, script, style }: BrowserPage, channel: LabChannel, gateway: number) =>
  Layer.mergeAll(
    serveFile("/lab/channel.json", "application/json", channelOf(channel, gateway)),
    serveFile("/", "text/html; charset=utf-8", markup),
    serveFile("/lab/script.js", "text/javascript; charset=utf-8", script),
    serveFile("/lab/style.css", "text/css; charset=utf-8", style)
  )
