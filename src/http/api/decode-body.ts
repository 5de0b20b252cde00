import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpApiError from "effect/http-api/HttpApiError"
import { issuesOf } from "../../connector/capability.ts"
import type { Json } from "../../domain/json.ts"
import { parseBody } from "../../inbound/receive/parse-json.ts"
import { BodyOptional, JsonBody } from "./json-body.ts"
import { type ApiProblem, apiProblem } from "./problems.ts"

/** Maximum bytes of a request body of the API. */
export const maxBodyBytes = 1_048_576

const unreadable = apiProblem({
  status: 400,
  code: "unreadable",
  title: "The body broke off before its end; send the request again"
})
export const tooLarge = apiProblem({
  status: 413,
  code: "too_large",
  title: "The body is larger than 1 MiB; send a smaller one"
})
const tooManyValues = apiProblem({
  status: 422,
  code: "too_many_values",
  title: "The body has more than 200000 JSON values; send fewer"
})

/** Reads the body of a request. Fails with 413 when it has more than {@link maxBodyBytes} bytes. */
export const bytesOf = (
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Uint8Array<ArrayBuffer>, ApiProblem<400> | ApiProblem<413>> =>
  request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(maxBodyBytes)),
    Effect.mapBoth({
      onFailure: ({ reason }) =>
        reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge" ? tooLarge : unreadable,
      onSuccess: (bytes) => new Uint8Array(bytes)
    })
  )

/** Parses a body as JSON, within the limits for JSON from outside. Fails with 422 when it is not JSON or exceeds them. */
export const jsonOf = (bytes: Uint8Array): Result.Result<Json, ApiProblem<422>> =>
  Result.mapError(parseBody(bytes), (code) =>
    code === "too_many_values"
      ? tooManyValues
      : apiProblem({ status: 422, code, title: "The body is not JSON within the limits of the gateway; code says why" })
  )

/** The reason for an action, in the operator's own words. */
export const Because = Schema.Struct({
  reason: Schema.optionalKey(
    Schema.String.annotate({
      description: "States the reason in the operator's own words. The audit log stores it encrypted."
    })
  )
}).annotate({ description: "Holds the reason of the action. An empty body gives none." })

/** Returns the reason as a field of the audit log; no field when the operator gave none. */
export const auditReason = ({ reason }: typeof Because.Type) => (reason === undefined ? {} : { reason })

const emptyObject = new TextEncoder().encode("{}")

/** Labels the bytes as JSON: a caller may send any content type, and the API decodes no other. */
const asJson = (bytes: Uint8Array<ArrayBuffer>) =>
  HttpServerRequest.fromWeb(
    new Request("http://gateway/", { method: "POST", headers: { "content-type": "application/json" }, body: bytes })
  )

const invalid = (error: HttpApiError.HttpApiSchemaError) =>
  apiProblem({
    status: 422,
    code: "invalid_request",
    title: "The request is invalid; errors says what to correct",
    extra: { errors: issuesOf(error.cause.issue, []) }
  })

export const layer = Layer.succeed(JsonBody, (handler, { endpoint }) =>
  Effect.gen(function* () {
    const read = yield* bytesOf(yield* HttpServerRequest.HttpServerRequest)
    const bytes = read.length === 0 && Context.get(endpoint.annotations, BodyOptional) ? emptyObject : read
    yield* Effect.fromResult(jsonOf(bytes))
    return yield* Effect.catch(
      Effect.provideService(handler, HttpServerRequest.HttpServerRequest, asJson(bytes)),
      (failed) =>
        Effect.fail(HttpApiError.HttpApiSchemaError.is(failed) && failed.kind === "Payload" ? invalid(failed) : failed)
    )
  })
)
