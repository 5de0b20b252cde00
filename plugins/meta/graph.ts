import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { ErrorTable } from "../../src/connector/error-table.ts"
import {
  type ByteSource,
  type NotSent,
  type OutcomeUnknown,
  ProviderHttp,
  type ProviderRequest
} from "../../src/connector/provider-http.ts"
import { type Failure, InfraError, ProviderError } from "../../src/domain/failure.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { jsonIn } from "../../src/domain/parse-json.ts"
import { type Edge, judge, unproven } from "./graph-error.ts"

/** The Graph API of a connector: the operator's `graph` settings. */
export interface GraphSettings {
  /** Base URL without a trailing slash. */
  readonly baseUrl: string
  /** Version, such as `v25.0`. */
  readonly version: string
}

/** One call. `path` is below the version, its parts already encoded. */
export interface GraphRequest<A> {
  readonly operation: string
  readonly settings: GraphSettings
  readonly method: ProviderRequest["method"]
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly token: Redacted.Redacted<string>
  /** Proof of `token` by the app secret; absent where the token is the app's own. */
  readonly proof?: string
  readonly body?: JsonObject
  /** Replaces `body`: a form that contains a file. */
  readonly form?: { readonly contentType: string; readonly content: ByteSource }
  /** `other` by default. */
  readonly edge?: Edge
  /** Returns the expected value of a 2xx answer. When it returns `undefined`, the outcome is unknown. */
  readonly expect: (body: Json) => A | undefined
}

export type GraphCall = <A>(request: GraphRequest<A>) => Effect.Effect<A, Failure, ProviderHttp>

/** Builds a client whose every failure states whether the provider may have acted (G19). */
export const graphClient = (table: ErrorTable): GraphCall => {
  const judged = judge(table)
  return Effect.fnUntraced(function* <A>(request: GraphRequest<A>) {
    const http = yield* ProviderHttp
    const answer = yield* Effect.mapError(http.call(toProvider(request)), (error) =>
      error._tag === "NotSent" ? notSent(error, request.operation) : unknownOutcome(error)
    )
    const body = jsonIn(answer.body)
    if (answer.status < 200 || answer.status >= 300) return yield* judged(answer, body, request.edge)
    const expected = body === undefined ? undefined : request.expect(body)
    if (expected !== undefined) return expected
    return yield* unproven("unexpected_answer", "answered success without what a success holds", answer)
  })
}

const toProvider = <A>(request: GraphRequest<A>): ProviderRequest => ({
  method: request.method,
  url: `${request.settings.baseUrl}/${request.settings.version}/${request.path}${queryOf(request)}`,
  headers: {
    accept: "application/json",
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
    ...(request.form === undefined ? {} : { "content-type": request.form.contentType })
  },
  bearer: request.token,
  ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  ...(request.form === undefined ? {} : { content: request.form.content })
})

const queryOf = <A>({ query, proof }: GraphRequest<A>): string => {
  // A proof is hex digits.
  if (query === undefined) return proof === undefined ? "" : `?appsecret_proof=${proof}`
  const all = new URLSearchParams({ ...query, ...(proof === undefined ? {} : { appsecret_proof: proof }) })
  return all.size === 0 ? "" : `?${all}`
}

export const notSent = (error: NotSent, operation: string) =>
  new InfraError({
    code: error.reason === "network" ? "network_failed" : `network_${error.reason}`,
    operation,
    certainty: "not_applied",
    transient: error.reason !== "invalid",
    cause: error
  })

const endings = {
  timeout: "the provider did not answer within the deadline of the call",
  connection_lost: "the connection was lost before the provider answered",
  truncated: "the answer of the provider broke off"
} as const

export const unknownOutcome = (error: OutcomeUnknown) =>
  new ProviderError({
    code: error.reason,
    certainty: "unknown",
    transient: false,
    pauses: "nothing",
    detail: endings[error.reason],
    ...(error.status === undefined ? {} : { httpStatus: error.status })
  })
