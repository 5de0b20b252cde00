import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import type { Json } from "../../../src/domain/json.ts"
import type { Fault } from "./faults.ts"
import { isUserId } from "./webhook.ts"

export const json = (body: Json, status = 200): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(body, { status })

interface GraphError {
  readonly status: number
  readonly code: number
  readonly subcode?: number | undefined
  readonly transient?: boolean | undefined
  readonly details: string
}

/** The error envelope (META 3.4). */
export const graphError = ({ status, code, subcode, transient, details }: GraphError) =>
  json(
    {
      error: {
        message: `(#${code}) ${details}`,
        type: "OAuthException",
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(transient === undefined ? {} : { is_transient: transient }),
        error_data: { messaging_product: "whatsapp", details },
        fbtrace_id: "simulated"
      }
    },
    status
  )

export const badToken = graphError({
  status: 401,
  code: 190,
  details: "the token is not one of the simulated accounts"
})
export const noSuchObject = graphError({ status: 400, code: 100, subcode: 33, details: "no such object" })
export const badParameter = (details: string) => graphError({ status: 400, code: 100, details })

/** META 3.2 */
export const accepted = (messageId: string, to: string) => {
  const person = isUserId(to) ? { user_id: to } : { wa_id: to.replace("+", "") }
  return json({ messaging_product: "whatsapp", contacts: [{ input: to, ...person }], messages: [{ id: messageId }] })
}

export const failedAfterAccepting = graphError({ status: 500, code: 131000, details: "something went wrong" })

export const refused = (fault: Fault) => {
  const { code = 131056, httpStatus: status = 400, subcode, transient, retryAfter } = fault
  const answer = graphError({ status, code, subcode, transient, details: "refused as asked for" })
  return retryAfter === undefined ? answer : HttpServerResponse.setHeader(answer, "retry-after", String(retryAfter))
}

export const htmlPage = (status = 502) =>
  HttpServerResponse.text("<!DOCTYPE html><title>Sorry, something went wrong</title>", {
    status,
    contentType: "text/html; charset=utf-8"
  })

/** A body that breaks before its first byte: the server destroys the connection, and nothing reaches the client. */
export const droppedConnection = HttpServerResponse.stream(Stream.fail("the simulated provider drops the connection"))
