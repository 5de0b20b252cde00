import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ByteSize from "effect/ByteSize"
import * as Schema from "effect/Schema"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import { issuesOf } from "../connector/capability.ts"
import type { Json } from "../domain/json.ts"
import { parseBody } from "../inbound/parse.ts"
import { type PlainResponse, problem } from "./plain-response.ts"

/** Bytes that a body of the API may have. */
export const maxBodyBytes = 1_048_576

/** The bytes of a request, at most {@link maxBodyBytes} of them. */
export const bytesOf = (request: HttpServerRequest): Effect.Effect<Uint8Array, PlainResponse> =>
  request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(maxBodyBytes)),
    Effect.mapBoth({
      onFailure: (error) => (error.reason._tag === "RequestParseError" ? refused(error.reason.reason) : unreadable),
      onSuccess: (bytes) => new Uint8Array(bytes)
    })
  )

/** What they say; else the answer that says what is wrong with them. */
export const jsonOf = (bytes: Uint8Array): Result.Result<Json, PlainResponse> =>
  Result.mapError(parseBody(bytes), (code) =>
    code === "too_many_values" ? tooManyValues : problem({ status: 422, code, title: "The body is not JSON" })
  )

/** The JSON of a request; else the answer that says what is wrong with it. */
export const bodyOf = (request: HttpServerRequest): Effect.Effect<Json, PlainResponse> =>
  Effect.flatMap(bytesOf(request), (bytes) => Effect.fromResult(jsonOf(bytes)))

const decoded = <A>(body: Json, schema: Schema.Codec<A, unknown>): Effect.Effect<A, PlainResponse> =>
  Result.match(Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })(body), {
    onSuccess: (value) => Effect.succeed(value),
    onFailure: (error) =>
      Effect.fail(
        problem({
          status: 422,
          code: "invalid_request",
          title: "The request is wrong",
          extra: { errors: issuesOf(error.issue, []) }
        })
      )
  })

/** The body as the schema wants it; else the answer that says what is wrong with it. */
export const bodyAs = <A>(
  request: HttpServerRequest,
  schema: Schema.Codec<A, unknown>
): Effect.Effect<A, PlainResponse> => Effect.flatMap(bodyOf(request), (body) => decoded(body, schema))

/** The same, and `absent` where there is no body. */
export const bodyOr = <A>(
  request: HttpServerRequest,
  schema: Schema.Codec<A, unknown>,
  absent: A
): Effect.Effect<A, PlainResponse> =>
  Effect.flatMap(bytesOf(request), (bytes) =>
    bytes.length === 0
      ? Effect.succeed(absent)
      : Effect.flatMap(Effect.fromResult(jsonOf(bytes)), (body) => decoded(body, schema))
  )

const tooManyValues = problem({
  status: 422,
  code: "too_many_values",
  title: "The body has more than 200000 JSON values"
})
const unreadable = problem({ status: 400, code: "unreadable", title: "The body could not be read" })
export const tooLarge = problem({ status: 413, code: "too_large", title: "The body is larger than 1 MiB" })

const refused = (reason: string | undefined) => (reason === "BodyTooLarge" ? tooLarge : unreadable)
