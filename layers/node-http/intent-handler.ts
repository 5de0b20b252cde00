import * as Result from "effect/Result"
import type { IncomingMessage, ServerResponse } from "node:http"
import { maxBodyBytes, tooLarge } from "../../src/http/body.ts"
import { type IntentGate, maxIntentMemory, maxIntents } from "../../src/http/intent-gate.ts"
import { write } from "./answer.ts"
import type { Refuse } from "./api-handler.ts"
import { type HoldOf, places } from "./places.ts"

const path = "/v1/intents"

const isSend = ({ method, url = "" }: IncomingMessage) =>
  method === "POST" && (url === path || url.startsWith(`${path}?`))

const atOnce: Refuse = (_, response, answer) => write(response, answer)

/** `POST /v1/intents` straight on node:http; answers false for any other request. */
export const intentHandler = (gate: IntentGate["Service"], hold: HoldOf, refuse: Refuse = atOnce) => {
  const dealWith = places({ bytes: maxBodyBytes, most: maxIntents, memory: maxIntentMemory, tooLarge }, hold)

  const post = (request: IncomingMessage, response: ServerResponse) => {
    const asked = gate.open(request.headers)
    if (Result.isFailure(asked)) return refuse(request, response, asked.failure)
    dealWith(request, response, (body, answer) => gate.send(asked.success, body, answer))
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!isSend(request)) return false
    post(request, response)
    return true
  }
}
