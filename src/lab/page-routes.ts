import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { BrowserPage } from "../http/server/made-page.ts"
import { channels, type LabChannel } from "./channels.ts"

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

const headers = {
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

const file = (path: `/${string}`, contentType: string, text: string) =>
  HttpRouter.add("GET", path, Effect.succeed(HttpServerResponse.text(text, { contentType, headers })))

/** Serves the lab's page of one channel at `/`. `gateway`: the gateway's port. */
export const pageRoutes = ({ markup, script, style }: BrowserPage, channel: LabChannel, gateway: number) =>
  Layer.mergeAll(
    file("/lab/channel.json", "application/json", channelOf(channel, gateway)),
    file("/", "text/html; charset=utf-8", markup),
    file("/lab/script.js", "text/javascript; charset=utf-8", script),
    file("/lab/style.css", "text/css; charset=utf-8", style)
  )
