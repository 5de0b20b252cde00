import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { IncomingMessage, ServerResponse } from "node:http"
import {
  internal,
  methodNotAllowed,
  notFound,
  type PlainResponse,
  problem,
  tooBusy
} from "../../src/http/plain-response.ts"
import { maxWebhookBytes, maxWebhookMemory, maxWebhooks, type WebhookGate } from "../../src/http/webhook-gate.ts"
import { readBody } from "./read-body.ts"

const prefix = "/webhooks/"

/** `/webhooks/{connectorId}` straight on node:http, with limits of its own; answers false for any other address. */
export const webhookHandler = (gate: WebhookGate["Service"], failed: (cause: unknown) => void) => {
  let underWay = 0
  let held = 0
  const hold = (bytes: number) => {
    held += bytes
  }

  const post = (connectorId: string, request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers["content-length"] ?? 0) > maxWebhookBytes) return refuse(request, response, tooLarge)
    if (underWay >= maxWebhooks || held > maxWebhookMemory) return refuse(request, response, tooBusy)
    underWay += 1
    const over = () => {
      underWay -= 1
    }
    readBody(
      request,
      maxWebhookBytes,
      hold,
      (body) => {
        if (body === undefined) {
          over()
          return refuse(request, response, tooLarge)
        }
        hold(body.length)
        Effect.runFork(gate.receive(connectorId, { headers: request.headers, body })).addObserver((exit) => {
          over()
          hold(-body.length)
          if (Exit.isSuccess(exit)) return write(response, exit.value)
          failed(exit.cause)
          write(response, internal)
        })
      },
      over
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

const write = (response: ServerResponse, { status, headers, body }: PlainResponse) => {
  if (response.destroyed) return
  response.writeHead(status, headersOf(headers, body))
  // Our own words are ASCII, and this way Node writes head and body at once.
  response.end(body, "latin1")
}

/** Names and values in turn: what Node takes without looking at it twice. */
const headersOf = (headers: PlainResponse["headers"], body: string): Array<string> => {
  const list: Array<string> = []
  for (const name in headers) list.push(name, headers[name] ?? "")
  list.push("content-length", String(body.length))
  return list
}

/**
 * Answers before the body was read, then closes. What the client is still sending is read and dropped for a moment, or
 * it would see a reset in place of the answer.
 */
const refuse = (request: IncomingMessage, response: ServerResponse, { status, headers, body }: PlainResponse) => {
  if (response.destroyed) return
  response.writeHead(status, [...headersOf(headers, body), "connection", "close"])
  response.write(body)
  // @effect-diagnostics-next-line globalTimers:off
  const timer = setTimeout(() => response.end(), linger)
  const finish = () => {
    clearTimeout(timer)
    response.end()
  }
  request.once("end", finish)
  request.once("close", finish)
  request.resume()
}

/** Milliseconds. */
const linger = 1_000

const tooLarge = problem({ status: 413, code: "too_large", title: "The webhook is larger than 3 MiB" })
