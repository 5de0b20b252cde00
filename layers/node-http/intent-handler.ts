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
export const intentHandler = (gate: IntentGate["Service"]) => {
  let underWay = 0
  let held = 0
  const hold = (bytes: number) => {
    held += bytes
  }

  const post = (request: IncomingMessage, response: ServerResponse) => {
    const asked = gate.open(request.headers)
    if (Result.isFailure(asked)) return write(response, asked.failure)
    if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) return refuse(request, response, tooLarge)
    if (underWay >= maxIntents || held > maxIntentMemory) return refuse(request, response, tooBusy)
    underWay += 1
    const over = () => {
      underWay -= 1
    }
    readBody(
      request,
      maxBodyBytes,
      hold,
      (body) => {
        if (body === undefined) {
          over()
          return refuse(request, response, tooLarge)
        }
        hold(body.length)
        gate.send(asked.success, body, (answer) => {
          over()
          hold(-body.length)
          write(response, answer)
        })
      },
      over
    )
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!isSend(request)) return false
    post(request, response)
    return true
  }
}
