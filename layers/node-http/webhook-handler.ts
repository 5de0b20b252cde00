import type { IncomingMessage, ServerResponse } from "node:http"
import { methodNotAllowed, notFound, problem, tooBusy } from "../../src/http/plain-response.ts"
import { maxWebhookBytes, maxWebhookMemory, maxWebhooks, type WebhookGate } from "../../src/http/webhook-gate.ts"
import { refuse, write } from "./answer.ts"
import { readBody } from "./read-body.ts"

const prefix = "/webhooks/"

/** `/webhooks/{connectorId}` straight on node:http, with limits of its own; answers false for any other address. */
export const webhookHandler = (
  gate: WebhookGate["Service"],
  hold: (request: IncomingMessage, bytes: number) => void
) => {
  let underWay = 0
  let held = 0

  const post = (connectorId: string, request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers["content-length"] ?? 0) > maxWebhookBytes) return refuse(request, response, tooLarge)
    readBody(
      request,
      maxWebhookBytes,
      (bytes) => hold(request, bytes),
      (body) => {
        if (body === undefined) return refuse(request, response, tooLarge)
        if (underWay >= maxWebhooks || held > maxWebhookMemory) return write(response, tooBusy)
        underWay += 1
        held += body.length
        gate.receive(connectorId, { headers: request.headers, body }, (answer) => {
          underWay -= 1
          held -= body.length
          write(response, answer)
        })
      }
    )
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const url = request.url ?? ""
    if (!url.startsWith(prefix)) return false
    const query = url.indexOf("?")
    const connectorId = url.slice(prefix.length, query === -1 ? undefined : query)
    if (!gate.knows(connectorId)) refuse(request, response, notFound)
    else if (request.method === "POST") post(connectorId, request, response)
    else if (request.method === "GET") {
      write(response, gate.handshake(connectorId, new URLSearchParams(query === -1 ? "" : url.slice(query + 1))))
    } else refuse(request, response, methodNotAllowed("GET, POST"))
    return true
  }
}

const tooLarge = problem({ status: 413, code: "too_large", title: "The webhook is larger than 3 MiB" })
