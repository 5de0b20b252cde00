import * as Result from "effect/Result"
import type { IncomingMessage, ServerResponse } from "node:http"
import { maxBodyBytes, tooLarge } from "../../src/http/body.ts"
import { type IntentGate, maxIntentMemory, maxIntents } from "../../src/http/intent-gate.ts"
import { tooBusy } from "../../src/http/plain-response.ts"
import { refuse, write } from "./answer.ts"
import { readBody } from "./read-body.ts"

const path = "/v1/intents"

const isSend = ({ method, url = "" }: IncomingMessage) =>
  method === "POST" && (url === path || url.startsWith(`${path}?`))

/** `POST /v1/intents` straight on node:http; answers false for any other request. */
export const intentHandler = (gate: IntentGate["Service"], hold: (request: IncomingMessage, bytes: number) => void) => {
  let underWay = 0
  let held = 0

  const post = (request: IncomingMessage, response: ServerResponse) => {
    const asked = gate.open(request.headers)
    if (Result.isFailure(asked)) return write(response, asked.failure)
    if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) return refuse(request, response, tooLarge)
    readBody(
      request,
      maxBodyBytes,
      (bytes) => hold(request, bytes),
      (body) => {
        if (body === undefined) return refuse(request, response, tooLarge)
        if (underWay >= maxIntents || held > maxIntentMemory) return write(response, tooBusy)
        underWay += 1
        held += body.length
        gate.send(asked.success, body, (answer) => {
          underWay -= 1
          held -= body.length
          write(response, answer)
        })
      }
    )
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!isSend(request)) return false
    post(request, response)
    return true
  }
}
