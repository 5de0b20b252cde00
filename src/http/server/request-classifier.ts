import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Log } from "../../log/log.ts"
import { unforeseenCause } from "../../log/failure-fields.ts"
import { metricsType } from "../api/health/contract.ts"
import { ApiKeys } from "../auth/api-keys.ts"
import { unauthorized } from "../auth/middleware.ts"
import { bearerOf, type RequestHeaders } from "./request-headers.ts"
import type { DescribedPages } from "../api/described.ts"
import { type MadePage, pageResponse } from "./made-page.ts"
import { metrics } from "../health/metrics.ts"
import { type BytesResponse, internal, json, notFoundResponse, type PlainResponse, problem } from "./response.ts"
import { Readiness } from "../health/readiness.ts"
import { shareRuns } from "./share-runs.ts"

/** The method, target and headers of a request; `url` is the unparsed target of the request line. */
export interface RequestHead {
  readonly method: string
  readonly url: string
  readonly headers: RequestHeaders
}

/** Calls `answer` once with the response, at once or later. */
export type Responder = (answer: (response: PlainResponse | BytesResponse) => void) => void

/**
 * The lane that serves a request. `refusal`: the response is known and small. `probe`: concurrent callers share one response.
 * `page`: a large page that is built once. `api`: the request of a client with a known key.
 * `wrongKey`: the key is unknown; an operator may have just added it to the secret store.
 */
export type Destination =
  | { readonly lane: "refusal" | "probe" | "page"; readonly reply: Responder; readonly wrongKey?: true }
  | { readonly lane: "api" }

/** Assigns a request that is no webhook to its lane. Each lane has its own concurrency limit (G50). */
export type RequestClassifier = (head: RequestHead) => Destination

/** Minimum milliseconds between the starts of two runs of a probe. */
const probeGap = 100

/** Returns the path of a request target, which may also be a whole URL (RFC 9112 §3.2.2). */
const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "")

/** Matches other spellings of a path that a router may treat as equal, but a proxy before the gateway would not. */
const respelled = /\/\/|\/\.{1,2}(\/|$)|\/$|[;\\#]|%(2[DE]|3\d|[46][1-9A-F]|[57]\d|[57]A|5F|7E)/i

/** Returns true when the path has only one spelling, so that a proxy and the gateway read it alike. */
const isPlainly = (url: string): boolean =>
  !respelled.test(url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/\?.*$/s, ""))

const isRead = (method: string) => method === "GET" || method === "HEAD"

export const requestClassifier = Effect.fnUntraced(function* (pages: DescribedPages) {
  const keys = yield* ApiKeys
  const log = yield* Log
  const readiness = yield* Readiness
  const text = yield* metrics

  const failed = (cause: Cause.Cause<never>): PlainResponse => {
    log.write("error", "internal", { httpStatus: 500, ...unforeseenCause(cause) })
    return internal
  }
  const probe = Effect.fnUntraced(function* (answer: Effect.Effect<PlainResponse>) {
    const join = yield* shareRuns(answer, probeGap)
    const reply: Responder = (done) =>
      join((result) => done(Exit.isSuccess(result) ? result.value : failed(result.cause)))
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
  const classify: RequestClassifier = (head) => {
    const path = pathOf(head.url)
    if (!isPlainly(head.url)) return nowhere
    if (path.startsWith("/v1/")) return keys.clientOf(bearerOf(head.headers)) === undefined ? wrongKey : api
    const read = isRead(head.method) ? reads.get(path) : undefined
    return read === undefined ? nowhere : read(head)
  }
  return classify
})

const publicReads = new Set(["/livez", "/readyz"])

/** Returns the classifier of a port that serves health alone beside webhooks. It shares the probes of `classify`. */
export const healthOnly =
  (classify: RequestClassifier): RequestClassifier =>
  (head) =>
    publicReads.has(pathOf(head.url)) ? classify(head) : nowhere

const api: Destination = { lane: "api" }
const live: Destination = { lane: "probe", reply: (done) => done(json(200, { ready: true, checks: [] })) }
const nowhere: Destination = { lane: "refusal", reply: (done) => done(notFoundResponse) }
