import type { IncomingMessage, ServerResponse } from "node:http"
import * as Result from "effect/Result"
import { maxBodyBytes, tooLarge } from "../../src/http/api/decode-body.ts"
import { methodNotAllowed, notFoundResponse, type PlainResponse, problem } from "../../src/http/server/response.ts"
import { maxIntentMemory, maxIntents, type SendEndpoint } from "../../src/http/server/send-endpoint.ts"
import {
  maxWebhookBytes,
  maxWebhookMemory,
  maxWebhooks,
  type WebhookEndpoint
} from "../../src/http/server/webhook-endpoint.ts"
import type { Refuse } from "./api-handler.ts"
import { concurrencyLimit, type OnRequestBuffered } from "./limits.ts"
import { refuseRequest, writeResponse } from "./write-response.ts"

const intentsPath = "/v1/intents"

const isSend = ({ method, url = "" }: IncomingMessage) =>
  method === "POST" && (url === intentsPath || url.startsWith(`${intentsPath}?`))

const refuseAtOnce: Refuse = (_, response, refused) => writeResponse(response, refused.answer)

/** Handles `POST /v1/intents` directly on node:http. Returns false for any other request. */
export const intentHandler = (
  gate: SendEndpoint["Service"],
  onBuffered: OnRequestBuffered,
  refuse: Refuse = refuseAtOnce
) => {
  const handleBody = concurrencyLimit(
    { bytes: maxBodyBytes, most: maxIntents, memory: maxIntentMemory, tooLarge: problem(tooLarge) },
    onBuffered
  )

  const post = (
    request: IncomingMessage,
    response: ServerResponse,
    refused: (answer: PlainResponse) => void = (answer) =>
      refuse(request, response, {
        answer,
        again: () => post(request, response, (last) => writeResponse(response, last))
      })
  ): void => {
    const asked = gate.open(request.headers)
    if (Result.isFailure(asked)) return refused(asked.failure)
    handleBody(request, response, (body, answer) => gate.send(asked.success, body, answer))
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!isSend(request)) return false
    post(request, response)
    return true
  }
}

const webhooksPrefix = "/webhooks/"

/**
 * Handles `/webhooks/{connectorId}`, with or without a final slash, directly on node:http with limits of its own.
 * Returns false for any other address.
 */
export const webhookHandler = (gate: WebhookEndpoint["Service"], onBuffered: OnRequestBuffered) => {
  const handleBody = concurrencyLimit(
    { bytes: maxWebhookBytes, most: maxWebhooks, memory: maxWebhookMemory, tooLarge: webhookTooLarge },
    onBuffered
  )

  const post = (connectorId: string, request: IncomingMessage, response: ServerResponse) =>
    handleBody(request, response, (body, answer) =>
      gate.receive(connectorId, { headers: request.headers, body }, answer)
    )

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const url = request.url ?? ""
    if (!url.startsWith(webhooksPrefix)) return false
    const query = url.indexOf("?")
    const connectorId = url.slice(webhooksPrefix.length, query === -1 ? undefined : query).replace(/\/$/, "")
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

const webhookTooLarge = problem({
  status: 413,
  code: "too_large",
  title: "The webhook is larger than 3 MiB; nothing of it was admitted"
})
