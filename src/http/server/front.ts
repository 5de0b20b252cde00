import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Log } from "../../log/log.ts"
import { unforeseenCause } from "../../log/unforeseen.ts"
import { metricsType } from "../api/health/contract.ts"
import { ApiKeys } from "../auth/api-keys.ts"
import { unauthorized } from "../auth/middleware.ts"
import { bearerOf, type RequestHeaders } from "./request-headers.ts"
import type { DescribedPages } from "../api/described.ts"
import { type MadePage, pageResponse } from "./made-page.ts"
import { metrics } from "../health/metrics.ts"
import { type BytesResponse, internal, json, notFoundResponse, type PlainResponse, problem } from "./response.ts"
import { Readiness } from "../health/readiness.ts"
import { shared } from "./shared.ts"

/** The head of a request; `url` as it stands in the request line. */
export interface RequestHead {
  readonly method: string
  readonly url: string
  readonly headers: RequestHeaders
}

/** Answers once, in its own time. */
export type Responder = (answer: (response: PlainResponse | BytesResponse) => void) => void

/**
 * Where a request belongs by its head. `refusal`: its answer is known and small. `probe`: an answer that all callers of a moment
 * share. `page`: large, and made once. `api`: a client with a key that is known.
 * `wrongKey`: refused for its key alone, which may have been put into the secret store a moment ago.
 */
export type Destination =
  | { readonly lane: "refusal" | "probe" | "page"; readonly reply: Responder; readonly wrongKey?: true }
  | { readonly lane: "api" }

/** Sorts requests that are no webhooks, so that each kind has places of its own (G50). */
export type Front = (head: RequestHead) => Destination

/** Milliseconds between two runs of a probe. */
const probeGap = 100

/** The path of a request line, which may also hold a whole URL (RFC 9112 §3.2.2). */
const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "")

/** Any other spelling of a path that a router may take for the same: a proxy in front of us would not. */
const respelled = /\/\/|\/\.{1,2}(\/|$)|\/$|[;\\#]|%(2[DE]|3\d|[46][1-9A-F]|[57]\d|[57]A|5F|7E)/i

/** Returns true when the path has one spelling alone, so that who judges requests by their path judges this one right. */
const isPlainly = (url: string): boolean =>
  !respelled.test(url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/\?.*$/s, ""))

const isRead = (method: string) => method === "GET" || method === "HEAD"

export const front = Effect.fnUntraced(function* (pages: DescribedPages) {
  const keys = yield* ApiKeys
  const log = yield* Log
  const readiness = yield* Readiness
  const text = yield* metrics

  const failed = (cause: Cause.Cause<never>): PlainResponse => {
    log.write("error", "internal", { httpStatus: 500, ...unforeseenCause(cause) })
    return internal
  }
  const probe = Effect.fnUntraced(function* (answer: Effect.Effect<PlainResponse>) {
    const ask = yield* shared(answer, probeGap)
    const reply: Responder = (done) =>
      ask((result) => done(Exit.isSuccess(result) ? result.value : failed(result.cause)))
    return (): Destination => ({ lane: "probe", reply })
  })
  const page =
    (made: MadePage) =>
    ({ headers }: RequestHead): Destination => ({
      lane: "page",
      reply: (done) => done(pageResponse(made, headers))
    })

  const reads = new Map<string, (head: RequestHead) => Destination>([
    ["/livez", () => live],
    ["/readyz", yield* probe(Effect.map(readiness.report, (report) => json(report.ready ? 200 : 503, report)))],
    [
      "/metrics",
      yield* probe(Effect.map(text, (body) => ({ status: 200, headers: { "content-type": metricsType }, body })))
    ],
    ["/openapi.json", page(pages.openApi)],
    ["/docs", page(pages.docs)]
  ])

  const wrongKey: Destination = {
    lane: "refusal",
    wrongKey: true,
    reply: (done) => {
      log.write("warn", "api.refused", { httpStatus: 401 })
      done(problem(unauthorized))
    }
  }
  const sort: Front = (head) => {
    const path = pathOf(head.url)
    if (!isPlainly(head.url)) return nowhere
    if (path.startsWith("/v1/")) return keys.clientOf(bearerOf(head.headers)) === undefined ? wrongKey : api
    const read = isRead(head.method) ? reads.get(path) : undefined
    return read === undefined ? nowhere : read(head)
  }
  return sort
})

const api: Destination = { lane: "api" }
const live: Destination = { lane: "probe", reply: (done) => done(json(200, { ready: true, checks: [] })) }
const nowhere: Destination = { lane: "refusal", reply: (done) => done(notFoundResponse) }
