import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Json } from "../../../src/domain/json.ts"
import { type Fault, type State, takeFault } from "./state.ts"

export const json = (body: Json, status = 200): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(body, { status })

export interface GraphError {
  readonly status: number
  readonly code: number
  readonly subcode?: number | undefined
  readonly transient?: boolean | undefined
  readonly details: string
  /** Product name, which WhatsApp writes beside the details (META 3.4). */
  readonly product?: string
}

/** Returns an answer with the error envelope (META 3.4). */
export const graphError = ({ status, code, subcode, transient, details, product }: GraphError) =>
  json(
    {
      error: {
        message: `(#${code}) ${details}`,
        type: "OAuthException",
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(transient === undefined ? {} : { is_transient: transient }),
        ...(product === undefined ? {} : { error_data: { messaging_product: product, details } }),
        fbtrace_id: "simulated"
      }
    },
    status
  )

/** Returns the refusals that every Graph channel has. */
export const refusals = (product?: string) => {
  const error = (given: GraphError) => graphError({ ...given, ...(product === undefined ? {} : { product }) })
  return {
    badToken: error({ status: 401, code: 190, details: "the token is not one of the simulated accounts" }),
    noSuchObject: error({ status: 400, code: 100, subcode: 33, details: "no such object" }),
    badParameter: (details: string) => error({ status: 400, code: 100, details }),
    refused: (fault: Fault, otherwise: number) => {
      const { code = otherwise, httpStatus: status = 400, subcode, transient, retryAfter } = fault
      const answer = error({ status, code, subcode, transient, details: "refused as asked for" })
      return retryAfter === undefined ? answer : HttpServerResponse.setHeader(answer, "retry-after", String(retryAfter))
    },
    failedAfterAccepting: (code: number) => error({ status: 500, code, details: "something went wrong" })
  }
}

const htmlPage = (status = 502) =>
  HttpServerResponse.text("<!DOCTYPE html><title>Sorry, something went wrong</title>", {
    status,
    contentType: "text/html; charset=utf-8"
  })

/** A body that fails before its first byte: the server destroys the connection, and the client receives nothing. */
const droppedConnection = HttpServerResponse.stream(Stream.fail("the simulated provider drops the connection"))

interface Codes {
  /** Codes that `refuse` and `fail_after_accepting` answer by default. */
  readonly refuse: number
  readonly fail: number
}

/** Performs an action under the next fault. A refusal of the action itself is kept. */
export const underFault = (
  state: State,
  answers: ReturnType<typeof refusals>,
  codes: Codes,
  act: Effect.Effect<HttpServerResponse.HttpServerResponse>
) =>
  Effect.gen(function* () {
    const fault = yield* takeFault(state.fault)
    if (fault.mode === "drop") return droppedConnection
    if (fault.mode === "refuse") return answers.refused(fault, codes.refuse)
    if (fault.mode === "html") return htmlPage(fault.httpStatus)
    const answer = yield* act
    if (answer.status >= 400) return answer
    if (fault.mode === "drop_after_accepting") return droppedConnection
    if (fault.mode === "fail_after_accepting") return answers.failedAfterAccepting(codes.fail)
    if (fault.mode === "delay") yield* Effect.sleep(fault.millis ?? 1000)
    return answer
  })

/** Uses the JSON body of a control. Answers 400 when it does not fit. */
export const withBody = <A, B>(
  request: HttpServerRequest,
  schema: Schema.Codec<A, unknown>,
  use: (body: A) => Effect.Effect<B>
) =>
  request.text.pipe(
    Effect.flatMap((text) =>
      Schema.decodeEffect(Schema.fromJsonString(schema), { onExcessProperty: "error" })(text === "" ? "{}" : text)
    ),
    Effect.matchEffect({
      onFailure: () => Effect.succeed(json({ problem: "the body does not fit this control" }, 400)),
      onSuccess: use
    })
  )
