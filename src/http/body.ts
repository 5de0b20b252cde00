import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ByteSize from "effect/ByteSize"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { Json } from "../domain/json.ts"
import { parseBody } from "../inbound/parse.ts"
import { type PlainResponse, problem } from "./plain-response.ts"

/** Bytes that a body of the API may have. */
export const maxBodyBytes = 1_048_576

/** The JSON of a request; else the answer that says what is wrong with it. */
export const bodyOf = (request: HttpServerRequest): Effect.Effect<Json, PlainResponse> =>
  request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(maxBodyBytes)),
    Effect.mapError((error) => (error.reason._tag === "RequestParseError" ? refused(error.reason.reason) : unreadable)),
    Effect.flatMap((bytes) =>
      Result.match(parseBody(new Uint8Array(bytes)), {
        onFailure: (code) => Effect.fail(problem({ status: 422, code, title: "The body is not JSON" })),
        onSuccess: (value) => Effect.succeed(value)
      })
    )
  )

const unreadable = problem({ status: 400, code: "unreadable", title: "The body could not be read" })
const tooLarge = problem({ status: 413, code: "too_large", title: "The body is larger than 1 MiB" })

const refused = (reason: string | undefined) => (reason === "BodyTooLarge" ? tooLarge : unreadable)
