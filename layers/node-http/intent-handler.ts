import * as Result from "effect/Result"
import type { IncomingMessage, ServerResponse } from "node:http"
import { maxBodyBytes, tooLarge } from "../../src/http/api/decode-body.ts"
import { type SendEndpoint, maxIntentMemory, maxIntents } from "../../src/http/server/send-endpoint.ts"
import { type PlainResponse, problem } from "../../src/http/server/response.ts"
import { writeResponse } from "./write-response.ts"
import type { Refuse } from "./api-handler.ts"
import { type OnRequestBuffered, concurrencyLimit } from "./concurrency-limit.ts"

const path = "/v1/intents"

const isSend = ({ method, url = "" }: IncomingMessage) =>
  method === "POST" && (url === path || url.startsWith(`${path}?`))

const atOnce: Refuse = (_, response, refused) => writeResponse(response, refused.answer)

/** Handles `POST /v1/intents` directly on node:http. Returns false for any other request. */
export const intentHandler = (
  gate: SendEndpoint["Service"],
  onBuffered: OnRequestBuffered,
  refuse: Refuse = atOnce
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
