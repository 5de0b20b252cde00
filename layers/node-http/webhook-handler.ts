import type { IncomingMessage, ServerResponse } from "node:http"
import { methodNotAllowed, notFoundResponse, problem } from "../../src/http/server/response.ts"
import {
  maxWebhookBytes,
  maxWebhookMemory,
  maxWebhooks,
  type WebhookEndpoint
} from "../../src/http/server/webhook-endpoint.ts"
import { refuseRequest, writeResponse } from "./write-response.ts"
import { type OnRequestBuffered, concurrencyLimit } from "./concurrency-limit.ts"

const prefix = "/webhooks/"

/**
 * Handles `/webhooks/{connectorId}`, with or without a final slash, directly on node:http with limits of its own.
 * Returns false for any other address.
 */
export const webhookHandler = (gate: WebhookEndpoint["Service"], onBuffered: OnRequestBuffered) => {
  const handleBody = concurrencyLimit(
    { bytes: maxWebhookBytes, most: maxWebhooks, memory: maxWebhookMemory, tooLarge },
    onBuffered
  )

  const post = (connectorId: string, request: IncomingMessage, response: ServerResponse) =>
    handleBody(request, response, (body, answer) =>
      gate.receive(connectorId, { headers: request.headers, body }, answer)
    )

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const url = request.url ?? ""
    if (!url.startsWith(prefix)) return false
    const query = url.indexOf("?")
    const connectorId = url.slice(prefix.length, query === -1 ? undefined : query).replace(/\/$/, "")
    if (!gate.knows(connectorId)) refuseRequest(request, response, notFoundResponse)
    else if (request.method === "POST") post(connectorId, request, response)
    else if (request.method === "GET") {
      writeResponse(
        response,
        gate.handshake(connectorId, new URLSearchParams(query === -1 ? "" : url.slice(query + 1)))
      )
    } else refuseRequest(request, response, methodNotAllowed("GET, POST"))
    return true
  }
}

const tooLarge = problem({ status: 413, code: "too_large", title: "The webhook is larger than 3 MiB" })
