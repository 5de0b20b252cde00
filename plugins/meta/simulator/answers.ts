import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import type { Json } from "../../../src/domain/json.ts"
import type { Fault } from "./faults.ts"

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

export const htmlPage = (status = 502) =>
  HttpServerResponse.text("<!DOCTYPE html><title>Sorry, something went wrong</title>", {
    status,
    contentType: "text/html; charset=utf-8"
  })

/** A body that fails before its first byte: the server destroys the connection, and the client receives nothing. */
export const droppedConnection = HttpServerResponse.stream(Stream.fail("the simulated provider drops the connection"))
