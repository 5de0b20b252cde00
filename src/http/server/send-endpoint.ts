import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { Log } from "../../log/log.ts"
import { Intents, type Submission, type SubmitResult } from "../../outbound/submit/intents.ts"
import { parseIdempotencyKey, prefersAsync } from "../../outbound/intent/parse-request.ts"
import { ApiKeys, type Client } from "../auth/api-keys.ts"
import { forbidden, unauthorized } from "../auth/middleware.ts"
import { bearerOf, headerText, type RequestHeaders } from "./request-headers.ts"
import { jsonOf } from "../api/decode-body.ts"
import { badKey, intentResponse, notAnIntent } from "./intent-response.ts"
import { notConfigured } from "../api/problems.ts"
import { internal, type PlainResponse, problem } from "./response.ts"

/** Maximum number of concurrent requests, and the maximum bytes of their bodies together. */
export const maxIntents = 1_024
export const maxIntentMemory = 64 * 1_048_576

/** A submission without its body: the part that the headers of a request carry. */
export type SubmissionHead = Omit<Submission, "body">

/** Serves `POST /v1/intents` without a framework, so that any HTTP server can carry the responses. */
export class SendEndpoint extends Context.Service<
  SendEndpoint,
  {
    /** Checks key, scope and headers of a request. Fails with the response that explains the mistake. */
    readonly open: (headers: RequestHeaders) => Result.Result<SubmissionHead, PlainResponse>
    /** Checks scope and headers of a request whose client is known. */
    readonly openFor: (client: Client, headers: RequestHeaders) => Result.Result<SubmissionHead, PlainResponse>
    /** Calls `answer` once, at once or later. The intent continues although its caller disconnects (G17). */
    readonly send: (asked: SubmissionHead, body: Uint8Array, answer: (response: PlainResponse) => void) => void
  }
>()("comporta/http/SendEndpoint") {}

export const layer = Layer.effect(
  SendEndpoint,
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    const intents = yield* Intents
    const log = yield* Log
    const internally = (cause: Cause.Cause<unknown>): PlainResponse => {
      if (!Cause.hasInterruptsOnly(cause)) log.write("error", "internal", { httpStatus: 500, error: "defect" })
      return internal
    }
    const responseTo = (told: SubmitResult): PlainResponse => {
      if (Exit.isSuccess(told)) return intentResponse(told.value)
      const error = told.cause.reasons.find(Cause.isFailReason)?.error
      if (error === undefined) return internally(told.cause)
      return error._tag === "NotConfigured" ? problem(notConfigured(error.what)) : notAnIntent(error.failure)
    }

    return SendEndpoint.of({
      open: (headers) => {
        const client = keys.clientOf(bearerOf(headers))
        if (client !== undefined) return openFor(client, headers)
        log.write("warn", "api.refused", { httpStatus: 401 })
        return Result.fail(problem(unauthorized))
      },
      openFor,
      send: (asked, bytes, answer) => {
        const body = jsonOf(bytes)
        if (Result.isFailure(body)) return answer(problem(body.failure))
        intents.begin({ ...asked, body: body.success }, (told) => answer(responseTo(told)))
      }
    })
  })
)

const openFor = (
  { namespace, scopes }: Client,
  headers: RequestHeaders
): Result.Result<SubmissionHead, PlainResponse> => {
  if (!scopes.includes("send")) return Result.fail(problem(forbidden("send")))
  const key = parseIdempotencyKey(headerText(headers["idempotency-key"]))
  if (key === undefined) return Result.fail(badKey)
  const correlationId = headers["comporta-correlation-id"]
  return Result.succeed({
    namespace,
    key,
    ...(prefersAsync(headerText(headers["prefer"])) ? { respondAsync: true } : {}),
    ...(correlationId === undefined ? {} : { correlationId: headerText(correlationId) })
  })
}
